# The account's products.
product-create = Create a product
product-create-text = What you give access to: a course, a magazine, a program. Its modules and its order e-mail come next.
product-find = Name of the product
product-which = Products shown
product-offered = Offered and archived
product-archived-only = Archived only
product-archived = Archived
product-delivered = Delivered to an address
product-count = { $n ->
    [one] { $n } product
   *[other] { $n } products
 }
product-count-capped = More than { $n } products
product-first = No product yet
product-first-text = A product is what your contacts have access to. It may open little by little, module by module.
product-no-result = No product matches
product-no-result-text = Look for the beginning of another word of its name.
product-none-archived = No archived product
product-none-archived-text = A product that you archive is offered no more; you find it here.
product-name = Name
product-rename = Rename
product-is-delivered = Delivered to an address
product-is-delivered-hint = A subscription then needs a contact with a complete address.
product-archive = Archive
product-restore = Restore
product-archive-title = Archive “{ $x }”?
product-archive-text = You can restore it.
clock = How are the days of waiting counted?
clock-CALENDAR_DAYS = Calendar days
clock-ENTITLED_DAYS = Subscribed days
clock-hint-CALENDAR_DAYS = Modules open on their day, whatever happens meanwhile.
clock-hint-ENTITLED_DAYS = The count stands still during a pause or a failed payment.
clock-text-CALENDAR_DAYS = Delays are counted in calendar days from the order date.
clock-text-ENTITLED_DAYS = Delays are counted in subscribed days: they stand still during a pause or a failed payment.
modules-edit = Edit the modules
modules-none = No module
modules-none-text = Without modules the product opens as a whole. With modules it opens little by little.
modules-again = Work the dates out again
modules-hint = What is open to somebody already stays open, whatever the new rhythm.
module-name = Module
module-opens = Opens
module-days = Days to wait
module-today = Ordered today
module-opens-on = opens on { $x }
module-after = { $n ->
    [0] at once
    [one] after { $n } day
   *[other] after { $n } days
 }
module-up = Move { $x } up
module-down = Move { $x } down
module-drop = Take { $x } out
module-add = Add a module
order-email = Order e-mail
order-email-none = No order e-mail
order-email-none-text = It may go out when you give access, with what is needed to come in.
order-email-write = Write the e-mail
order-email-edit = Edit the order e-mail
order-email-text = Sent only where “Send the product's e-mail” is ticked as access is given.
order-email-subject = Subject
order-email-body = Text
order-email-empty = Empty the subject and the text to take the e-mail away.
order-email-variables = These words are replaced for each contact:
order-email-preview = Preview
order-email-hint = As somebody gets it who is given access today.
preview-first-name = Lea
preview-last-name = Fontaine
variable-FIRSTNAME = their first name
variable-LASTNAME = their last name
variable-PRODUCT = the product's name
variable-OPENSON = the day it opens
variable-ACCESSURL = the address to come in by
variable-ACCOUNT = the name of your account
told-product-created = The product is created.
told-product-renamed = The product is renamed.
told-product-archived = The product is archived.
told-product-restored = The product is offered again.
told-modules-saved = The modules are saved.
told-order-email-saved = The order e-mail is saved.
