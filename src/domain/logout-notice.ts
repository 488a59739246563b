// What an application is told of a sign-out.

export type LogoutNotice = {
  clientId: string;
  accountId: string;
  /** Of the session, as this application knows it. */
  sid: string;
};

/** Tells one application; rejects when it does not answer 200 or 204 in time. */
export type TellLogout = (notice: LogoutNotice) => Promise<void>;
