package webfinger

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/essaim/essaim/federation/fetch"
)

// HostMetaType is what host-meta is served as; host-meta.json is application/json.
const HostMetaType = "application/xrd+xml"

const (
	relLRDD   = "lrdd"
	queryPath = "/.well-known/webfinger?resource="
)

// xrd is as much of RFC 6415 as leads to WebFinger.
type xrd struct {
	XMLName xml.Name  `xml:"http://docs.oasis-open.org/ns/xri/xrd-1.0 XRD"`
	Links   []xrdLink `xml:"Link"`
}

type xrdLink struct {
	Rel      string `xml:"rel,attr"`
	Type     string `xml:"type,attr,omitempty"`
	Template string `xml:"template,attr"`
}

// HostMeta is the body of /.well-known/host-meta (RFC 6415 §2).
func HostMeta(baseURL string) ([]byte, error) {
	body, err := xml.Marshal(xrd{Links: []xrdLink{{Rel: relLRDD, Type: MediaType, Template: baseURL + queryPath + "{uri}"}}})
	return append([]byte(xml.Header), body...), err
}

// HostMetaJSON is the body of /.well-known/host-meta.json (RFC 6415 appendix A).
func HostMetaJSON(baseURL string) ([]byte, error) {
	return json.Marshal(map[string][]Link{
		"links": {{Rel: relLRDD, Type: MediaType, Template: baseURL + queryPath + "{uri}"}},
	})
}

// parseHostMeta finds the template of WebFinger addresses.
func parseHostMeta(body []byte) (string, error) {
	var x xrd
	if err := xml.Unmarshal(body, &x); err != nil {
		return "", fmt.Errorf("host-meta: %w: %w", fetch.ErrMalformed, err)
	}
	for _, l := range x.Links {
		if l.Rel == relLRDD && strings.Contains(l.Template, "{uri}") {
			return l.Template, nil
		}
	}
	return "", fmt.Errorf("host-meta without a template: %w", fetch.ErrMalformed)
}
