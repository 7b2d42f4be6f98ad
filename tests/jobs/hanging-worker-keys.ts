/** Shared by a test and the process it kills. */
export const hangingWorkerKeys = {
  keyEncryptionKeys: [{ id: 'kek-1', key: new Uint8Array(32).fill(1) }],
  lookupKeys: [{ id: 'lookup-1', key: new Uint8Array(32).fill(2) }],
};
