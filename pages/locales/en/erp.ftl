# The ERP: how it stands, where it disagrees, whose a field is.
erp-tabs = ERP and registrations
erp-connection = Connection
erp-is-connected = Connected to { $x }
erp-not-connected = Not connected
erp-since = since { $x }
erp-connect = Connect an ERP
erp-terms = Change the connection
erp-disconnect = Disconnect
erp-sync-now = Synchronise now
erp-first = No ERP is connected
erp-first-text = Add your clients by hand or with a file: whoever registers in the app with the same e-mail is linked by themselves. Or connect your ERP, and its clients come on their own.
erp-add-client = + Add a client
erp-line = Line { $n }.
erp-last-sync = Last synchronisation
erp-running = running
erp-never = never
erp-lag = Behind by at most
erp-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
 }
erp-next = Next
erp-sent-only = when the ERP sends
erp-linked = Clients of the ERP
erp-records = { $n ->
    [0] Last time: no record changed.
    [one] Last time: { $n } record
   *[other] Last time: { $n } records
 }
erp-records-of-which = :
erp-count-CREATED = created
erp-count-UPDATED = changed
erp-count-UNCHANGED = unchanged
erp-count-GONE = gone
erp-count-RETURNED = back again
erp-count-HELD = waiting for a decision
erp-count-EMAIL_TAKEN = without their e-mail
erp-count-REFUSED = refused
erp-not-flagged = { $n ->
    [one] { $n } missing, not flagged
   *[other] { $n } missing, not flagged
 }
erp-drift = Where the ERP disagrees
erp-drift-EMAIL_TAKEN = E-mail already taken
erp-drift-UNVERIFIED_MATCH = E-mail not verified
erp-drift-GONE = Gone from the ERP
erp-drift-TOMBSTONED = Erased here
erp-drift-hint-EMAIL_TAKEN = The ERP gives this client the e-mail of another contact: the record is taken without it.
erp-drift-hint-UNVERIFIED_MATCH = The record has the e-mail of a contact who never verified it: say whether they are the same person.
erp-drift-hint-GONE = Deleted from the ERP, the client stays here: to be won back, or deleted here.
erp-drift-hint-TOMBSTONED = The data of these people were erased: their records are not taken again.
erp-agree = Nothing to decide here.
erp-ours = Here: { $x }
erp-theirs = In the ERP: { $x }
erp-other = This e-mail is { $x }'s
erp-record = Record { $x }
erp-erased = Erased person
erp-accept-EMAIL_TAKEN = Follow the ERP
erp-accept-UNVERIFIED_MATCH = They are the same
erp-decline-EMAIL_TAKEN = Keep ours
erp-decline-UNVERIFIED_MATCH = They are not the same
erp-owned = Fields the ERP keeps
erp-owned-hint = What is ticked is changed in { $x } and follows its records; the rest is changed here. A client that the ERP keeps is deleted only there.
erp-field-FIRST_NAME = First name
erp-field-LAST_NAME = Last name
erp-field-COMPANY_NAME = Company
erp-field-EMAIL = E-mail
erp-field-PHONE = Phone
erp-field-FAX = Fax
erp-field-ADDRESS = Address
erp-connect-lead = The clients of your ERP come here on their own, within minutes. Nobody is mailed.
erp-connect-do = Connect
erp-source = Name of the ERP
erp-source-hint = The one you give it. The same name as before finds the same records.
erp-url = Address of the records
erp-url-hint = By https. Leave it empty where the ERP sends its records itself.
erp-token = Token
erp-token-hint = Sent to this address, never shown. Empty: it stays as it is.
erp-every = Every how many minutes
erp-every-hint = Empty: only when you ask for it.
erp-disconnect-title = Disconnect { $x }?
erp-disconnect-text = { $n ->
    [0] No record comes any more. Connecting again duplicates nobody.
    [one] { $n } client is then changed and deleted here, and no record comes any more. Connecting again duplicates nobody.
   *[other] { $n } clients are then changed and deleted here, and no record comes any more. Connecting again duplicates nobody.
 }
told-erp-sync-asked = The synchronisation begins within seconds.
told-erp-connected = The connection is saved.
told-erp-disconnected = The ERP is disconnected.
told-erp-ownership-set = The fields are saved.
told-erp-resolved = It is decided.

# Registrations in the app.
app-clients-title = App registrations
app-what = Who downloaded the app, who waits for your word, and who has not registered yet.
app-lists = Lists
app-state-PENDING_VALIDATION = Waiting for validation
app-state-WAITING = Without a client
app-state-REGISTERED = Registered in the app
app-state-NOT_REGISTERED = Not registered in the app
app-state-REFUSED = Refused
app-hint-PENDING_VALIDATION = As long as a request is not validated, it opens nothing.
app-hint-WAITING = These people registered with an e-mail that is no client's: they do not see your content.
app-hint-REGISTERED = The model of the phone stands under the e-mail.
app-hint-NOT_REGISTERED = These clients have not downloaded the app yet.
app-hint-REFUSED = These requests open nothing. One that was refused can still be validated.
app-none-PENDING_VALIDATION = Nobody is waiting
app-none-WAITING = Every registration has its client
app-none-REGISTERED = Nobody is registered yet
app-none-NOT_REGISTERED = All your clients are registered
app-none-REFUSED = No request was refused
app-doctor = Could this be one of your clients?
app-unverified = not verified
app-reason-SAME_EMAIL = same e-mail
app-reason-SAME_NAME = same name
app-reason-SAME_LAST_NAME = same last name
app-reason-SAME_PHONE = same phone
app-reason-NEAR_EMAIL = nearly the same e-mail
app-score = { $n }% alike
app-is-them = This is them
app-not-ours = Not a client
app-count = { $n ->
    [one] { $n } person
   *[other] { $n } people
 }
app-count-capped = More than { $n } people
app-validate = Validate
app-refuse = Refuse
app-invite = Invite
app-resend = Send the invitation again
app-invited-on = invited { $x }
app-no-email = no e-mail
app-validate-all = { $n ->
    [one] Validate the request
   *[other] Validate the { $n } requests
 }
app-validate-all-title = { $n ->
    [one] Validate { $n } request?
   *[other] Validate { $n } requests?
 }
app-validate-all-text = These people come into the app and see what they have a right to. Each can still be refused afterwards.
told-app-validated = The request is validated.
told-app-refused = The request is refused. It can still be validated, under “Refused”.
told-app-linked = The registration is linked to this client.
told-app-invited = The invitation is sent.
told-app-invited-again = The invitation is sent again, with a new link.
told-app-all-validated = All requests are being validated.
