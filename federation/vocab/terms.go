package vocab

import (
	"maps"
	"slices"
	"strings"
)

// mapped are the terms of others that kinds write (store.Mapper), by what they
// stand for: those of Mobilizon and of FEP-8a8e for events, those of FEP-0837 for
// offers and needs.
var mapped = map[string]string{
	"mz":   "https://joinmobilizon.org/ns#",
	"ical": "http://www.w3.org/2002/12/cal/ical#",
	"8a8e": "https://w3id.org/fep/8a8e/",
	"vf":   "https://w3id.org/valueflows/ont/vf#",
	"om2":  "http://www.ontology-of-units-of-measure.org/resource/om-2/",

	"anonymousParticipationEnabled": "mz:anonymousParticipationEnabled",
	"commentsEnabled":               "mz:commentsEnabled",
	"draft":                         "mz:draft",
	"externalParticipationUrl":      "mz:externalParticipationUrl",
	"isOnline":                      "mz:isOnline",
	"joinMode":                      "mz:joinMode",
	"participantCount":              "mz:participantCount",
	"repliesModerationOption":       "mz:repliesModerationOption",
	"timezone":                      "mz:timezone",

	"VirtualLocation":         "schema:VirtualLocation",
	"category":                "schema:category",
	"eventStatus":             "schema:eventStatus",
	"inLanguage":              "schema:inLanguage",
	"maximumAttendeeCapacity": "schema:maximumAttendeeCapacity",
	"contacts":                "8a8e:contacts",
	"displayEndTime":          "8a8e:displayEndTime",
	"organizers":              "8a8e:organizers",

	"Intent":             "vf:Intent",
	"action":             "vf:action",
	"publishes":          "vf:publishes",
	"purpose":            "vf:purpose",
	"resourceConformsTo": "vf:resourceConformsTo",
	"resourceQuantity":   "vf:resourceQuantity",
	"unitBased":          "vf:unitBased",
	"hasNumericalValue":  "om2:hasNumericalValue",
	"hasUnit":            "om2:hasUnit",
}

func mappedTerms() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(mapped)) {
		b.WriteString(`,"` + name + `":"` + mapped[name] + `"`)
	}
	return b.String()
}
