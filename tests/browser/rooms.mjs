// The rooms of an account, as its rail has them, and pages under them that need no id.
export default [
  "home", "contacts", "contacts?q=zzzz", "contacts/add", "products", "products?archived=YES", "products/new", "subscriptions", "subscriptions?type=Rien", "subscriptions/set",
  "subscriptions/set/new", "subscriptions/set/user", "claims", "claims?status=CLOSED", "history", "history?about=CLAIMS", "history/who",
];
