package sheet

import (
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
)

// Labels are what people call a field, in all languages of the node.
type Labels func(f *store.Field) []string

// names are what the columns of other software are called, folded as geo.Fold
// does: of YesWiki ("bf_titre"), GoGoCarto, uMap, Mobilizon, and of spreadsheets in
// French and English. The first that a sheet has is taken.
var names = map[string][]string{
	"id":               {"id fiche", "id", "identifiant", "uid", "@id", "cle", "key"},
	"url":              {"url", "lien de la fiche", "page", "source url", "lien"},
	"title":            {"bf titre", "titre", "title", "nom", "name", "intitule", "summary", "libelle"},
	"pitch":            {"bf accroche", "accroche", "resume", "chapo", "abstract", "pitch", "bf description", "description", "presentation"},
	"body":             {"bf description", "description", "descriptionmore", "texte", "contenu", "content", "presentation", "details", "body"},
	"place.name":       {"location", "nom du lieu", "lieu"},
	"place.street":     {"bf adresse", "streetaddress", "adresse", "rue", "address", "bf adresse1"},
	"place.postalCode": {"bf code postal", "postalcode", "code postal", "cp", "zip"},
	"place.commune":    {"bf ville", "addresslocality", "commune", "ville", "localite", "city", "town"},
	"place.code":       {"code insee", "insee", "code commune"},
	"place.lat":        {"bf latitude", "latitude", "lat", "y"},
	"place.lon":        {"bf longitude", "longitude", "lon", "lng", "long", "x"},
	"place.precision":  {"precision"},
	"start":            {"bf date debut evenement", "dtstart", "debut", "date de debut", "start", "date"},
	"end":              {"bf date fin evenement", "dtend", "fin", "date de fin", "end"},
	"published":        {"date creation fiche", "createdat", "date de creation", "created"},
	"image.url":        {"image url", "photo"},
	"online":           {"bf site internet", "website", "site web", "site internet"},
	"themes":           {"themes", "thematiques", "thematique", "categories", "categoriesfull", "mots cles", "tags"},
	"licence":          {"licence", "license"},
}

// Guess is a mapping to begin with: columns by their names, as other software or
// people give them. What is new is for the team until somebody says otherwise.
func Guess(k *store.Kind, s *Sheet, labels Labels) Mapping {
	m := Whole(k, s)
	folded := map[string]string{}
	for _, name := range slices.Backward(s.Columns) {
		folded[fold(name)] = name
	}
	for _, name := range s.Columns { // "address.postalCode" is "postalCode", too
		last := fold(name[strings.LastIndexByte(name, '.')+1:])
		if _, taken := folded[last]; !taken {
			folded[last] = name
		}
	}
	for _, c := range k.Columns() {
		if _, known := m.From[c.Name]; !known {
			guess(m, &c, folded, labels)
		}
	}
	if _, known := m.From["audience"]; !known {
		m.From["audience"] = From{Value: string(store.Team)}
	}
	return m
}

func guess(m Mapping, c *store.Column, folded map[string]string, labels Labels) {
	tries := slices.Clone(names[c.Name])
	if c.Field != nil && c.Part == "" {
		for _, label := range labels(c.Field) {
			tries = append(tries, fold(label))
		}
	}
	for _, try := range tries {
		if name, ok := folded[try]; ok {
			m.From[c.Name] = From{Column: name}
			return
		}
	}
}

func fold(name string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace(geo.Fold(name))), " ")
}

// ColumnOf is the column of the sheet that a field of the records was read from,
// by the name in a store.FieldError; empty when there is none.
func (m Mapping) ColumnOf(field string) string {
	for field != "" {
		if from, ok := m.From[field]; ok {
			return from.Column
		}
		field = field[:max(strings.LastIndexByte(field, '.'), 0)]
	}
	return ""
}
