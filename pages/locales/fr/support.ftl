# Le bureau du support, au-dessus des comptes.
support = Bureau du support
support-text = Ce qui attend le support dans tous les comptes, le plus ancien d'abord.
support-enter = Entrer
support-enter-text = Ce bureau est à qui a un jeton du support ; un compte s'ouvre par son propre identifiant.
support-token = Jeton du support
support-token-hint = Il commence par « ses_ ». Vous en sortez après huit heures, ou quand le jeton est retiré.
support-token-wrong = Ce n'est pas un jeton du support, ou il n'est plus valable.
support-leave = Sortir
support-account = Compte
support-none-text = Les comptes qui laissent leurs suppressions au support les demandent depuis la fiche d'un contact.
support-decide = Supprimer { $x } ?
support-reason = Votre raison
support-reason-hint = Elle est inscrite dans l'historique du compte, et lui est dite en cas de refus.
support-reject = Refuser
support-approve = Supprimer { $x }
told-deletion-approved = Le contact est supprimé, et le propriétaire du compte prévenu.
told-deletion-rejected = La demande est refusée, et le propriétaire du compte prévenu.
