# The support desk, above the accounts.
support = Support desk
support-text = What waits for support in all accounts, the oldest first.
support-enter = Enter
support-enter-text = This desk is for who has a token of support; an account is entered with a login of its own.
support-token = Token of support
support-token-hint = It begins with “ses_”. You are out after eight hours, or once the token is revoked.
support-token-wrong = This is no token of support, or it is not valid any more.
support-leave = Leave
support-account = Account
support-none-text = Accounts that leave deletions to support ask for them from a contact's sheet.
support-decide = Delete { $x }?
support-reason = Your reason
support-reason-hint = It stands in the account's history, and is told to the account where you refuse.
support-reject = Refuse
support-approve = Delete { $x }
told-deletion-approved = The contact is deleted, and the account's owner told.
told-deletion-rejected = The request is refused, and the account's owner told.
