package catalog

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/essaim/essaim/store"
)

// PushHeader goes with every delivery of a lab to a node that reads catalogues: it
// says what the catalogue is after the change that is delivered, as far as
// everybody may see it. It is a header of its own beside FEP-8fcf's, whose readers
// look at followers only.
const PushHeader = "Essaim-Catalog-Synchronization"

// Push is what the header says.
type Push struct {
	Collection string // the catalogue
	Seq        uint64
	Digest     store.Digest
	URL        string // the feed
}

// String writes the header.
func (p Push) String() string {
	return fmt.Sprintf(`collectionId="%s", seq="%d", digest="%s", url="%s"`, p.Collection, p.Seq, p.Digest, p.URL)
}

const maxPush = 2048 // bytes

// ParsePush reads the header; nil when there is none, or none that can be used.
func ParsePush(header string) *Push {
	if header == "" || len(header) > maxPush {
		return nil
	}
	params := map[string]string{}
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' || params[name] != "" {
			return nil
		}
		params[name] = value[1 : len(value)-1]
	}
	p := &Push{Collection: params["collectionId"], URL: params["url"]}
	var err error
	if p.Seq, err = strconv.ParseUint(params["seq"], 10, 63); err != nil || p.Collection == "" {
		return nil
	}
	if p.Digest.UnmarshalText([]byte(params["digest"])) != nil {
		return nil
	}
	return p
}
