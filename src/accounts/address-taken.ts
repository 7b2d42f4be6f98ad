/**
 * Whether a statement failed because somebody else has the login address: how the database decides between two who
 * claim it at the same moment. @see PostgreSQL, Appendix A: 23505
 */
export function isAddressTaken(error: unknown): boolean {
  const fault = error instanceof Error && 'driverError' in error ? error.driverError : error;
  return (
    fault instanceof Error &&
    'code' in fault &&
    fault.code === '23505' &&
    'constraint' in fault &&
    fault.constraint === 'identifier_one_login'
  );
}
