# The dashboard.
home-bare = Nothing is open to you here yet
home-bare-text = Ask the account's owner to give you a permission, or choose another account.
home-first = Welcome
home-first-text = Add your first clients, one by one or by importing a file: access is then given on their sheets.
home-standing = What is in place
home-modes = Contacts with an access of this mode; who has several counts in each.
home-waiting = Waiting
home-no-claims = No complaint is open.
home-claims = { $n ->
    [one] { $n } complaint is open
   *[other] { $n } complaints are open
 }
home-pending = { $n ->
    [one] { $n } registration waits for your validation
   *[other] { $n } registrations wait for your validation
 }
home-no-failed = Everything that was to be sent has left.
home-failed = { $n ->
    [one] { $n } delivery failed
   *[other] { $n } deliveries failed
 }
home-erp-failed = The last sync with the ERP failed
home-erp-runs = The sync with the ERP is running.
home-erp-good = The ERP is in sync: { $x }.
home-erp-never = The ERP is connected, and nothing was synced yet.
home-erp-next = Next sync { $x }
home-lately = Latest acts
home-all = The whole history
home-week = What opens within a week
home-week-none = Nothing opens in the next seven days.
home-today = Today
home-week-contacts = { $n ->
    [one] for { $n } contact
   *[other] for { $n } contacts
 }
home-week-others = { $n ->
    [one] and { $n } other opening
   *[other] and { $n } other openings
 }
home-week-more = There are others: open the history to look by product and day.
home-week-made = Worked out { $x }.
home-week-soon = It is being worked out.
home-week-again = Refresh
home-activity = Activity
home-activity-total = { $n ->
    [0] Nothing happened in these four weeks.
    [one] { $n } act in four weeks.
   *[other] { $n } acts in four weeks.
 }
home-activity-part = The oldest ones are not counted.
home-activity-table = The same figures as a table
home-acts = Acts
