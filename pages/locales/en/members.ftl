# Members and guests: who belongs to the account.
members-text = Your contacts and guests, and what each of them may do in this account.
members-views = Views
members-view-list = Contacts and guests
members-count = { $n ->
    [one] { $n } person
   *[other] { $n } people
 }
members-count-capped = More than { $n } people
members-first = Nobody else yet
members-first-text = Add a contact who works with you, or invite somebody of another account: your accountant, for instance.
members-no-result = Nobody matches
members-no-result-text = Remove a filter above.
filter-status = Status
filter-account-type = Account type
filter-review = To review
narrow = Filter
review-NEVER = Never came
review-QUIET = Not for 90 days
review-ENDING = Last day within 30 days
column-account-type = Account type
column-account-id = Account ID
column-user-id = User ID
column-created = Created
column-status = Status
no-login = none
until-day = until { $x }
last-came = came { $x }
last-use = Last came
never-came = never came
yes = yes
no = no

# Permissions.
rights = Permissions
rights-hint = You can only give what you have yourself.
right-not-held = You do not have this permission, so you cannot give it.
permission-BILLING = Billing
permission-SUPPORT = Support
permission-DEPLOYMENT = Deployment
permission-SYSTEM_CONFIGURATION = System configuration
permission-SECURITY = Security
permission-OTHER = Other
permission-hint-BILLING = Subscriptions and payments.
permission-hint-SUPPORT = Contacts, addresses and complaints.
permission-hint-DEPLOYMENT = Access to products, and imports.
permission-hint-SYSTEM_CONFIGURATION = Products, rules of the account and connections.
permission-hint-SECURITY = Members and rights, history, erasing a person.
permission-hint-OTHER = Reading lists.
owner-has-all = The account's owner has every permission.
rights-after-invitation = Invite this person again to give them permissions.
member-above = This person has permissions that you do not have: the account's owner can change them.
rights-not-yours = You see these permissions and cannot change them.
member-now = As it stands
you-ticked = What you ticked
keep-what-stands = Keep what stands
member-conflict = Somebody changed this person meanwhile. What you ticked is kept: compare, then save again.
until-conflict = Somebody changed this person meanwhile. Your date is kept: save again to set it.
stands-until = As it stands: until { $x }.
stands-for-good = As it stands: no last day.

# Inviting, adding.
guest-invite = Invite a guest
guest-invite-text = A mail goes to this address. The person accepts or declines with a user account of their own; who has none opens one for free.
invitation-send = Send the invitation
member-add = Add a contact
member-add-text = Record somebody who works with you. Their access begins when they sign in with this e-mail address, verified.
duration = Duration
last-day = Last day
last-day-hint = Leave empty for no end.
for-good = No last day
told-member-invited = The invitation goes out by mail.
told-member-added = The contact was added.

# A member's page.
it-is-you = this is you
identifiers = Identifiers
to-sheet = Open the contact sheet
invitation-resend = Send the invitation again
invitation-revoke = Take the invitation back
invite-again = Invite again
member-deactivate = Deactivate
member-reactivate = Reactivate
revoke-title = Take back the invitation of { $x }?
revoke-text = The link that was sent leads nowhere any more. You can invite this person again.
transfer-title = Ownership of the account
transfer-hint = An account always has one owner, and one only.
transfer = Transfer ownership
transfer-to = Make { $x } the owner of the account?
transfer-owner = { $x } has every permission from now on, and alone can transfer the account again.
transfer-you = You become a contact and keep every permission, until the new owner changes them.
transfer-provider = The account's sign-in provider, if it has one, is switched off.
leave-title = Leave this account
leave-hint = You will not reach it any more.
leave = Leave this account
leave-of = Leave { $x }?
leave-text = You lose access to this account and your permissions at once. Only a new invitation brings you back.
told-member-rights = The permissions were saved.
told-member-until = The last day was saved.
told-member-resent = The invitation was sent again. The earlier link leads nowhere any more.
told-member-revoked = The invitation was taken back.
told-member-deactivated = This person is deactivated: they do not enter this account any more.
told-member-reactivated = This person is active again.
told-member-transferred = The ownership of the account was transferred.
told-member-left = You have left the account.
