# Importer un fichier, étape par étape.
imports-what = Ajoutez des clients par groupes, à partir d'un tableau .csv. Personne n'est averti par e-mail.
imports-past = Imports précédents
imports-none = Aucun fichier n'a encore été importé.
import-when = Date
import-state = État
import-rows = Lignes
import-of = Import du { $x }
import-step-file = Fichier
import-step-read = Lecture
import-step-plan = Essai à blanc
import-step-do = Import
import-step-report = Rapport
import-file = Déposez votre tableau ici, ou choisissez-le
import-file-hint = Au format .csv, dans n'importe quel encodage.
import-template = Télécharger un modèle type
import-look = Voir ce que cela ferait
import-policy = Si des lignes ne peuvent pas être prises
import-policy-REJECT_FAILED_ROWS = Les laisser de côté
import-policy-REJECT_EVERYTHING = Ne rien importer
import-policy-IGNORE_FAILED = Prendre le reste de la ligne
import-policy-hint-REJECT_FAILED_ROWS = Elles vous sont rendues dans un fichier, à corriger.
import-policy-hint-REJECT_EVERYTHING = Une seule ligne refusée arrête tout.
import-policy-hint-IGNORE_FAILED = Seules les valeurs fausses sont omises.
import-label = Étiquette
import-label-hint = Posée sur chaque contact du fichier, pour les retrouver.
import-sent = Envoyé par { $x } · lignes refusées : { $y }
import-read = { $n ->
    [one] { $n } ligne lue
   *[other] { $n } lignes lues
 }
import-encoding = encodage { $x }
import-ignored = { $n ->
    [one] { $n } colonne sans correspondance, ignorée
   *[other] { $n } colonnes sans correspondance, ignorées
 }
import-blank = { $n ->
    [one] { $n } ligne vide
   *[other] { $n } lignes vides
 }
import-same-file = Le même fichier a déjà été envoyé le { $x }.
import-same-look = Voir cet import
import-refused-whole = Des lignes sont refusées, et vous avez demandé de ne rien importer dans ce cas. Corrigez-les et envoyez le fichier à nouveau.
import-nothing = Tout est déjà ainsi : il n'y a rien à importer.
import-mend = Les lignes refusées se corrigent ici, ou dans le fichier des erreurs : envoyez-le ensuite comme un fichier de plus.
import-errors-file = Télécharger les lignes à corriger
import-drop = Abandonner
import-do = { $n ->
    [one] Importer { $n } ligne
   *[other] Importer { $n } lignes
 }
import-progress = { $x } lignes sur { $y }
import-undoing = annulation en cours
import-refresh = Actualiser
import-stop = Arrêter
import-ended = Terminé le { $x }
import-go-on = Reprendre
import-undo = Annuler cet import
import-undo-until = L'import peut être annulé jusqu'au { $x }.
import-undo-title = Annuler cet import ?
import-undo-text = Contacts créés qui sont retirés : { $x }. Contacts modifiés qui retrouvent leurs valeurs d'avant : { $y }. Ce que quelqu'un a changé depuis reste tel quel.
import-removed = Retirés
import-restored = Rétablis
import-status-PLANNED = Essai prêt
import-status-APPLYING = En cours
import-status-APPLIED = Importé
import-status-CANCELLED = Arrêté
import-status-UNDOING = Annulation
import-status-UNDONE = Annulé
import-outcome = Résultat
import-outcome-CREATED = Créés
import-outcome-UPDATED = Modifiés
import-outcome-UNCHANGED = Inchangés
import-outcome-DUPLICATE = Doublons
import-outcome-REJECTED = Refusées
import-outcome-LEFT_OUT = Laissées de côté
import-outcome-KEPT = Conservés
import-row-CREATED = Nouveau contact
import-row-UPDATED = Modifié
import-row-UNCHANGED = Inchangé
import-row-DUPLICATE = Doublon
import-row-REJECTED = Refusée
import-row-LEFT_OUT = Laissée de côté
import-row-KEPT = Conservé
import-table = Le fichier, ligne par ligne
import-all-rows = Toutes les lignes
import-errors-only = Ne montrer que les erreurs
import-no-rows = Aucune ligne à montrer : elles sont effacées un jour après la fin de l'import.
import-scroll = Tableau du fichier
import-line = Ligne
import-same-as = comme la ligne { $n }
import-in-column = { $x } : { $y }
import-column-ID = ID
import-column-COMPANY = Raison sociale
import-column-LAST_NAME = Nom
import-column-FIRST_NAME = Prénom
import-column-EMAIL = E-mail
import-column-PHONE = Téléphone
import-column-FAX = Fax
import-column-ADDRESS = Adresse
import-column-KIND = Type
told-import-planned = Rien n'est encore changé : voici ce que l'import ferait.
told-import-dropped = L'essai est abandonné.
told-import-stopped = L'import est arrêté.
import-mend-here = Corriger ici
import-mend-plan = Corrigez ce qui est faux ; le fichier est ensuite relu en entier, et rien n'est changé avant que vous n'importiez.
import-mend-rest = Corrigez ce qui est faux ; les lignes qui n'ont pas été prises deviennent un import de plus, et rien n'est changé avant que vous ne l'importiez.
import-mend-cell = { $x }, ligne { $y }
import-mend-beyond = { $n ->
    [one] { $n } autre ligne refusée vient ensuite.
   *[other] { $n } autres lignes refusées viennent ensuite.
 }
told-import-mended = Toutes les lignes peuvent être prises. Rien n'est encore changé.
told-import-mended-partly = Des lignes sont encore refusées : corrigez-les ici, ou laissez-les de côté. Rien n'est encore changé.
