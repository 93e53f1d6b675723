# Se connecter.
sign-in-title = Connexion
sign-in = Me connecter
email = Adresse e-mail
password = Mot de passe
forgot = Mot de passe oublié
no-login-yet = Ouvrir un compte d'utilisateur
sign-up-title = Ouvrir un compte d'utilisateur
sign-up-text = Vous recevrez un lien pour choisir un mot de passe. Le compte est gratuit.
sign-up = Recevoir le lien
your-name = Votre nom
forgot-title = Mot de passe oublié
forgot-text = Donnez votre adresse : vous recevrez un lien pour choisir un autre mot de passe. Vous pouvez le demander trois fois, puis une fois toutes les vingt minutes.
send-link = Envoyer le lien
look-at-mailbox = Regardez votre messagerie
look-at-mailbox-text = Si cette adresse peut recevoir notre message, il arrive dans quelques minutes. Il contient un lien qui ne sert qu'une fois.
back-to-sign-in = Revenir à la connexion
code-title = Code de vérification
code-text = Ouvrez votre application d'authentification et recopiez le code à six chiffres.
code = Code
code-hint = Ou l'un de vos codes de secours.

# Choisir le compte.
choose-title = Choisissez un compte
choose-search = Nom ou numéro de client
choose-none = Votre adresse n'ouvre encore aucun compte. Une invitation acceptée apparaît ici.
choose-no-result = Aucun compte ne correspond à « { $x } ». Cherchez un autre nom ou un numéro.
choose-more = D'autres comptes suivent : cherchez par nom ou par numéro.

# Confirmer que c'est vous.
confirm-title = Confirmez que c'est vous
confirm-text = Ce que vous allez faire ne s'annule pas. Redonnez votre mot de passe pour continuer.
confirm-by-code = Ou un code de votre application
confirm = Continuer
confirm-provider-text = Ce que vous allez faire ne s'annule pas. Le fournisseur de connexion de votre compte va vous demander qui vous êtes.
confirm-provider = Continuer chez le fournisseur
not-now = Pas maintenant

# Les liens des e-mails.
choosing-LOGIN = Ouvrez votre compte d'utilisateur
choosing-PASSWORD = Choisissez un nouveau mot de passe
choosing-PORTAL = Choisissez votre mot de passe
password-hint = 12 caractères au moins, par exemple plusieurs mots.
choose-password = Choisir ce mot de passe
password-chosen = Votre mot de passe est choisi
password-chosen-text = Connectez-vous maintenant avec cette adresse et ce mot de passe.
portal-sign-in = Connectez-vous au portail
verify-title = Vérifiez votre adresse e-mail
verify-text = { $x } vous a enregistré avec cette adresse. Confirmez qu'elle est à vous.
verify = C'est bien mon adresse
verified = Votre adresse est vérifiée
verified-text = Merci. Vous pouvez fermer cette page.
invitation-title = Invitation à rejoindre un compte
invited-by = { $x } vous invite
invitation-text = Vous pourrez travailler dans ce compte avec votre propre compte d'utilisateur.
account = Compte
rights-none = Aucune pour le moment
answer-before = À répondre avant le
invitation-accept = Accepter l'invitation
invitation-decline = Refuser l'invitation
invitation-other = Vous êtes connecté avec { $x }, et cette invitation est adressée à quelqu'un d'autre. Elle reste valable pour son destinataire.
sign-in-otherwise = Me connecter avec une autre adresse
invitation-sign-in = Connectez-vous avec l'adresse qui a reçu l'invitation
invitation-sign-up = Pas encore de compte d'utilisateur ? Ouvrez-en un avec cette même adresse, gratuitement, puis revenez à ce lien.
invitation-accepted = Vous avez accepté l'invitation
invitation-accepted-text = { $x } figure maintenant parmi vos comptes.
invitation-declined = Vous avez refusé l'invitation
invitation-declined-text = { $x } le verra dans sa liste.
open-account = Ouvrir { $x }
to-accounts = Voir mes comptes
app-title = Invitation dans une application
app-text = Installez l'application, puis inscrivez-vous avec l'adresse e-mail qui a reçu ce message : vous y serez reconnu.

# Où il n'y a pas de page.
page-KEEP = À conserver
page-MAIL = Regardez votre messagerie
page-NOT_DONE = Ce n'est pas fait
page-NOTHING_HERE = Il n'y a rien ici
page-NOT_YOURS = Cela ne vous est pas ouvert
page-SIGN_IN = Connectez-vous d'abord
page-BUSY = Un instant
page-FAILED = Quelque chose n'a pas marché chez nous
page-SPENT = Ce lien ne mène plus à rien
page-reference = À nous indiquer, si vous nous écrivez :
page-home = Revenir à l'accueil

# La messagerie de la démonstration.
mailbox-title = E-mails qui seraient envoyés
mailbox-text = Dans la démonstration rien ne part : chaque message s'arrête ici.
mailbox-none = Aucun e-mail pour l'instant.
