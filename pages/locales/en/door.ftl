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
forgot-text = Give your address: you will receive a link to choose another password. You can ask for it three times, then once every twenty minutes.
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

# Confirming that it is you.
confirm-title = Confirm that it is you
confirm-text = What you are about to do cannot be undone. Give your password again to go on.
confirm-by-code = Or a code of your app
confirm = Continue
confirm-provider-text = What you are about to do cannot be undone. Your account's sign-in provider will ask who you are.
confirm-provider = Continue at the provider
not-now = Not now

# Links of mails.
choosing-LOGIN = Open your user account
choosing-PASSWORD = Choose a new password
choosing-PORTAL = Choose your password
password-hint = At least 12 characters, several words for instance.
choose-password = Choose this password
password-chosen = Your password is chosen
password-chosen-text = Now sign in with this address and this password.
portal-sign-in = Sign in to the portal
verify-title = Verify your e-mail address
verify-text = { $x } has you on record with this address. Confirm that it is yours.
verify = It is my address
verified = Your address is verified
verified-text = Thank you. You may close this page.
invitation-title = Invitation to join an account
invited-by = { $x } invites you
invitation-text = You will be able to work in this account with your own user account.
account = Account
rights-none = None for now
answer-before = To be answered before
invitation-accept = Accept the invitation
invitation-decline = Decline the invitation
invitation-other = You are signed in as { $x }, and this invitation is addressed to somebody else. It stays open to whom it was made for.
sign-in-otherwise = Sign in with another address
invitation-sign-in = Sign in with the address that received the invitation
invitation-sign-up = No user account yet? Open one with this same address, for free, then come back to this link.
invitation-accepted = You have accepted the invitation
invitation-accepted-text = { $x } is among your accounts now.
invitation-declined = You have declined the invitation
invitation-declined-text = { $x } will see so in its list.
open-account = Open { $x }
to-accounts = See my accounts
app-title = Invitation to an app
app-text = Install the app, then sign up with the e-mail address that received this message: you will be recognised there.

# Where there is no page.
page-KEEP = To be kept
page-MAIL = Look at your mailbox
page-NOT_DONE = This was not done
page-NOTHING_HERE = There is nothing here
page-NOT_YOURS = This is not open to you
page-SIGN_IN = Sign in first
page-BUSY = One moment
page-FAILED = Something went wrong on our side
page-SPENT = This link leads nowhere any more
page-reference = To be told, if you write to us:
page-home = Back to the start

# The mailbox of the demo.
mailbox-title = Mails that would be sent
mailbox-text = In the demo nothing goes out: every message ends here.
mailbox-none = No mail yet.
