package store

import "slices"

// Vocabulary is a closed list of slugs. Their words are messages "<name>.<slug>",
// an explanation "<name>-hint.<slug>".
type Vocabulary struct {
	Name  string
	Slugs []string
	Tones map[string]string // of badges: "ok", "info", "warn"; the rest is plain
}

// Has says whether slug belongs to the vocabulary. Circles belong to Audiences, and
// so do the steps that no form offers: only on this site, only for those named.
func (v *Vocabulary) Has(slug string) bool {
	a := Audience(slug)
	return slices.Contains(v.Slugs, slug) || v == &Audiences && (a.Circle() != 0 || a == OnSite || a == Named)
}

// The vocabularies that several kinds share. Slugs are stable and go on the
// wire.
var (
	Themes = Vocabulary{Name: "theme", Slugs: []string{
		"acces-aux-droits", "accueil-administratif", "dematerialisation", "mediation-numerique",
		"formation-professionnelle", "education", "mobilite", "transition-ecologique",
		"sante-acces-aux-soins", "solidarites-entraide", "alimentation-circuits-courts", "logement",
		"services-sociaux", "culture-bibliotheques", "participation-citoyenne", "donnees-publiques",
		"management-rh", "communs", "resilience-crise", "ruralite", "ess", "achat-instruments",
		"fabrication-makers",
	}}

	// Territories are the regions by their code in the Code officiel géographique.
	Territories = Vocabulary{Name: "territory", Slugs: []string{
		"region:84", "region:27", "region:53", "region:24", "region:94", "region:44", "region:32",
		"region:11", "region:28", "region:75", "region:76", "region:52", "region:93",
		"region:01", "region:02", "region:03", "region:04", "region:06",
	}}

	Licences = Vocabulary{Name: "licence", Slugs: []string{
		"etalab-2.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "ODbL-1.0",
	}}

	// Publics are the people for whom something is done.
	Publics = Vocabulary{Name: "public", Slugs: []string{
		"tous", "personnes-eloignees-du-numerique", "demandeurs-d-emploi", "jeunes", "etudiants", "familles",
		"personnes-agees", "personnes-en-situation-de-handicap", "personnes-precaires", "personnes-etrangeres",
		"habitants-ruraux", "habitants-des-quartiers", "patients", "aidants", "agents-publics", "elus",
		"associations", "entreprises",
	}}

	// Situations are what happens in people's lives, whoever is in charge of it.
	Situations = Vocabulary{Name: "situation", Slugs: []string{
		"faire-ses-demarches", "chercher-un-emploi", "perdre-son-emploi", "se-former", "creer-son-activite", "devenir-parent",
		"elever-un-enfant", "se-separer", "trouver-un-logement", "demenager", "se-deplacer", "manquer-d-argent", "tomber-malade",
		"vivre-avec-un-handicap", "aider-un-proche", "prendre-sa-retraite", "vieillir-a-domicile", "perdre-un-proche",
		"arriver-en-france", "subir-des-violences", "vivre-une-catastrophe",
	}}

	// RelationTypes are the edges between records and actors. Their words say
	// them from here: "relation.replique", and from the other side:
	// "relation-back.replique".
	RelationTypes = Vocabulary{Name: "relation", Slugs: []string{
		"replique", "inspire-par", "croise", "depend-de", "meme-probleme", "a-propos", "partie-de", "issu-de",
		"suite-de", "remplace", "met-en-oeuvre", "preuve-pour", "preuve-contre",
	}}

	// Degrees say how much an adoption keeps of the original.
	Degrees = Vocabulary{Name: "degree", Slugs: []string{"duplique", "adapte", "transpose", "inspire"}}

	// OrgCategories say what an organisation is.
	OrgCategories = Vocabulary{Name: "org", Slugs: []string{
		"etat", "collectivite", "operateur-public", "hopital", "recherche", "enseignement", "ess-association",
		"collectif-informel", "fablab-maker", "entreprise", "labo-prive", "fondation", "agence-conseil", "citoyen",
	}}

	// CommercialIntents say whether somebody may have something to sell.
	CommercialIntents = Vocabulary{
		Name:  "commercial",
		Slugs: []string{"aucune", "possible", "oui"},
		Tones: map[string]string{"possible": "info", "oui": "warn"},
	}

	MemberRoles = Vocabulary{Name: "role", Slugs: []string{
		"responsable", "prefigurateur", "animateur-reseau", "facilitateur", "hote-accueil",
		"designer", "chercheur", "agent", "elu", "stagiaire", "tuteur", "usager-expert",
		"citoyen-fabricant", "partenaire",
	}}

	// Expertises say from where somebody speaks.
	Expertises = Vocabulary{Name: "expertise", Slugs: []string{"usage", "terrain", "scientifique", "technique"}}

	Audiences = Vocabulary{Name: "audience", Slugs: []string{
		string(Team), string(LabOnly), string(FollowedLabs), string(Unlisted), string(Public),
	}}
)
