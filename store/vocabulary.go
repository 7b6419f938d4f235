package store

// The vocabularies that several kinds share. Slugs are stable and go on the
// wire.
var (
	Themes = Vocabulary{"theme", []string{
		"acces-aux-droits", "accueil-administratif", "dematerialisation", "mediation-numerique",
		"formation-professionnelle", "education", "mobilite", "transition-ecologique",
		"sante-acces-aux-soins", "solidarites-entraide", "alimentation-circuits-courts", "logement",
		"services-sociaux", "culture-bibliotheques", "participation-citoyenne", "donnees-publiques",
		"management-rh", "communs", "resilience-crise", "ruralite", "ess", "achat-instruments",
		"fabrication-makers",
	}}

	// Territories are the regions by their code in the Code officiel géographique.
	Territories = Vocabulary{"territory", []string{
		"region:84", "region:27", "region:53", "region:24", "region:94", "region:44", "region:32",
		"region:11", "region:28", "region:75", "region:76", "region:52", "region:93",
		"region:01", "region:02", "region:03", "region:04", "region:06",
	}}

	Licences = Vocabulary{"licence", []string{
		"etalab-2.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "ODbL-1.0",
	}}

	Stages = Vocabulary{"stage", []string{
		"machine-a-cafe", "signal", "reformulation", "idees", "mandat", "experimentation",
		"test-usagers", "evaluation", "incubation", "essaimage", "perennise",
	}}

	Statuses = Vocabulary{"status", []string{"actif", "en-sommeil", "arrete", "transmis"}}

	Outcomes = Vocabulary{"outcome", []string{"en-cours", "gagne", "appris", "mixte"}}

	MemberRoles = Vocabulary{"role", []string{
		"responsable", "prefigurateur", "animateur-reseau", "facilitateur", "hote-accueil",
		"designer", "chercheur", "agent", "elu", "stagiaire", "tuteur", "usager-expert",
		"citoyen-fabricant", "partenaire",
	}}

	Audiences = Vocabulary{"audience", []string{
		string(Team), string(LabOnly), string(FollowedLabs), string(Unlisted), string(Public),
	}}
)
