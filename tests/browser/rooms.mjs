// The rooms of an account, as its rail has them, and pages under them that need no id.
export default [
  "home", "contacts", "contacts?q=zzzz", "contacts?sort=oldest&cols=ACCESSES,EMAIL,COMPANY,ID,PROFILE,STATUS,RECORDED", "contacts/export?kind=PERSON", "contacts/add", "subscribers", "subscribers/add", "products", "products/new", "claims", "subscriptions", "subscriptions/set",
  "members", "members/invite", "members/add", "imports", "erp", "erp/app", "history", "history?about=CLAIMS", "history/who",
  "settings", "settings/connections", "settings/tokens", "settings/sign-in", "find?q=re",
];
