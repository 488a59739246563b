import { toDeliveryFault } from '../../src/mail/delivery-fault.ts';

const fault = (code: string, responseCode?: number) =>
  toDeliveryFault(Object.assign(new Error('refused'), { code, ...(responseCode && { responseCode }) }));

describe('a mail that did not leave', () => {
  it.each([
    ['EENVELOPE', 550],
    ['EENVELOPE', 553],
    ['EMESSAGE', 552],
    ['EMESSAGE', 554],
  ])('is given up after %s %i: the server refuses this very mail', (code, responseCode) => {
    expect(fault(code, responseCode).isPermanent).toBe(true);
  });

  it.each([
    ['EENVELOPE', 421],
    ['EENVELOPE', 450],
    ['EMESSAGE', 451],
    ['EMESSAGE', 452],
    ['ECONNECTION', undefined],
    ['ESOCKET', undefined],
    ['ETIMEDOUT', undefined],
    ['EDNS', undefined],
    ['ETLS', undefined],
    ['EABORT', undefined],
    // About our settings or the server as a whole: a repair lets every waiting mail go.
    ['EAUTH', 535],
    ['EENVELOPE', 530],
    ['EPROTOCOL', 554],
    ['ECONNECTION', 554],
  ])('is tried again after %s %s', (code, responseCode) => {
    expect(fault(code, responseCode).isPermanent).toBe(false);
  });

  it('keeps a reason of a readable length', () => {
    expect(toDeliveryFault(new Error('x'.repeat(10_000))).message).toHaveLength(500);
  });
});
