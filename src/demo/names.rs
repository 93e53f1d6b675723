//! Words of the sample: common French names, made-up companies and products, reserved mail domains. No real person.

pub(super) const FIRST: &[&str] = &[
    "Anaïs", "Benoît", "Camille", "Chloé", "Clément", "Cécile", "Émile", "Élodie", "Étienne", "Fanny", "François", "Gaëlle", "Guillaume", "Hélène",
    "Inès", "Jean-Baptiste", "Joël", "Jérôme", "Karim", "Léa", "Loïc", "Lucie", "Maëlys", "Marie-Thérèse", "Mathieu", "Maud", "Nadia", "Noémie",
    "Océane", "Olivier", "Pascal", "Pauline", "Quentin", "Raphaël", "Rémi", "Romane", "Sébastien", "Solène", "Théo", "Thérèse", "Ugo", "Valérie",
    "Violette", "Xavier", "Yann", "Yasmine", "Zoé", "Aurélien", "Bérénice", "Côme",
];
pub(super) const LAST: &[&str] = &[
    "Aubry", "Bâtard", "Besançon", "Bonnefoy", "Bâcle", "Cassagne", "Château", "Chevrel", "D'Almeida", "Delaunay", "Dupont", "Durand", "Estève",
    "Faure", "Fontanel", "Forêt", "Garçon", "Gauthier", "Guérin", "Hébrard", "Ibañez", "Jacquemin", "Kerouédan", "Lacroix", "Lefèvre", "Leroy",
    "L'Hermitte", "Maréchal", "Moreau", "Müller-Œuvre", "N'Guyen", "Noël", "O'Connor", "Pélissier", "Prévost", "Quéré", "Rivière", "Roux",
    "Saint-Étienne", "Schmitt", "Séguin", "Tessier", "Thévenot", "Tour", "Urvoy", "Vasseur", "Vaillant", "Viguié", "Weiss", "Zeller",
];
pub(super) const COMPANIES: &[&str] = &[
    "Mairie de Crécy", "SARL L'Été", "Société d'Édition & Cie", "Club nautique des Glénan", "Bibliothèque de la Gare", "Cabinet Œillet",
    "Association Plein Vent", "Imprimerie Saint-Roch", "Les Ateliers Réunis", "Librairie Mot à Mot",
];
pub(super) const STREETS: &[&str] = &[
    "rue de l'Église", "allée des Tilleuls", "quai d'Orsay", "avenue du Général-de-Gaulle", "chemin des Vignes", "place du Marché",
    "impasse des Lilas", "boulevard de la Mer", "rue Pasteur", "route de Quimper",
];
pub(super) const TOWNS: &[(&str, &str)] = &[
    ("29200", "Brest"), ("75007", "Paris"), ("67000", "Strasbourg"), ("06400", "Cannes"), ("01000", "Bourg-en-Bresse"), ("97400", "Saint-Denis"),
    ("44000", "Nantes"), ("33000", "Bordeaux"), ("59000", "Lille"), ("13002", "Marseille"), ("35400", "Saint-Malo"), ("38000", "Grenoble"),
];
/// Name, delivered, counts entitled days, modules with their delays.
#[expect(clippy::type_complexity, reason = "a table")]
pub(super) const PRODUCTS: &[(&str, bool, bool, &[(&str, i64)])] = &[
    ("Yoga du matin", false, false, &[("Respirer", 0), ("Salutation au soleil", 7), ("Équilibres", 14), ("Enchaînements", 28)]),
    ("La cuisine des algues", false, false, &[("Le marché", 0), ("Les bases", 3), ("Un dîner complet", 10)]),
    ("Apprendre à naviguer", false, true, &[("Les nœuds", 0), ("La météo", 15), ("Première sortie", 30), ("De nuit", 60)]),
    ("Photographier la mer", false, false, &[]),
    ("Le Cahier du littoral (revue)", true, false, &[]),
    ("Marées et lunaisons (lettre)", true, false, &[]),
];
