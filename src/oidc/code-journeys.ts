/** Time to type the code and to choose a password. */
export const codeCookieSeconds = 30 * 60;

/** After the path of a login: its sign-in page, whatever the hub would show. */
export const signInSuffix = '/sign-in';
