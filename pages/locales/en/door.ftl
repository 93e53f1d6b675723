# Signing in.
sign-in-title = Sign in
sign-in = Sign in
email = E-mail address
password = Password
forgot = Forgotten password
no-login-yet = Open a user account
sign-up-title = Open a user account
sign-up-text = You will receive a link to choose a password. The account is free.
sign-up = Send me the link
your-name = Your name
forgot-title = Forgotten password
forgot-text = Give your address: you will receive a link to choose another password.
send-link = Send the link
look-at-mailbox = Look at your mailbox
look-at-mailbox-text = If this address can receive our message, it arrives within minutes. It holds a link that works once.
back-to-sign-in = Back to signing in
code-title = Verification code
code-text = Open your authenticator app and copy the six-digit code.
code = Code
code-hint = Or one of your recovery codes.

# Choosing the account.
choose-title = Choose an account
choose-search = Name or customer number
choose-none = Your address opens no account yet. An invitation you accept appears here.
choose-no-result = No account matches “{ $x }”. Search for another name or a number.
choose-more = There are more accounts: search by name or number.
