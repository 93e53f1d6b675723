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
forgot-text = Donnez votre adresse : vous recevrez un lien pour choisir un autre mot de passe.
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
