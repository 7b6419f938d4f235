package reply

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Problem types of FEP-c180. Any other refusal is about:blank, whose title is
// that of the status.
const (
	TypeUnsupported   = "https://w3id.org/fep/c180#unsupported-type"
	TypeMissingObject = "https://w3id.org/fep/c180#object-does-not-exist"
	TypeNotAnActor    = "https://w3id.org/fep/c180#not-an-actor"
	TypeMismatch      = "https://w3id.org/fep/c180#principal-actor-mismatch"
	TypeActor         = "https://w3id.org/fep/c180#actor-not-authorized"
	TypePrincipal     = "https://w3id.org/fep/c180#principal-not-authorized"
	TypeClient        = "https://w3id.org/fep/c180#client-not-authorized"
	TypeNoAddressee   = "https://w3id.org/fep/c180#no-applicable-addressees"
	TypeRateLimit     = "https://w3id.org/fep/c180#rate-limit-exceeded"
)

// titles are those that FEP-c180 gives its types.
var titles = map[string]string{
	TypeUnsupported:   "Unsupported type",
	TypeMissingObject: "Object does not exist",
	TypeNotAnActor:    "Not an actor",
	TypeMismatch:      "Principal-actor mismatch",
	TypeActor:         "Actor not authorized",
	TypePrincipal:     "Principal not authorized",
	TypeClient:        "Client not authorized",
	TypeNoAddressee:   "No applicable addressees",
	TypeRateLimit:     "Rate limit exceeded",
}

// Problem is what callers may know about an error.
type Problem struct {
	Status       int
	Key          string        // "failure.KEY.title" and ".text" in web/assets/locales
	Type         string        // empty: about:blank
	Detail       string        // in English, for machines; empty unless a handler gave one
	Instance     string        // the request id
	RetryAfter   time.Duration // 0: not said
	Allow        string
	Authenticate string
}

// Title is the short English name of the problem.
func (p Problem) Title() string {
	if title, ok := titles[p.Type]; ok {
		return title
	}
	return http.StatusText(p.Status)
}

// document is a Problem as RFC 9457 §3 writes it.
type document struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Instance string `json:"instance,omitempty"`
}

// JSON is the Renderer of dialects for machines: application/problem+json.
func JSON(w http.ResponseWriter, r *http.Request, p Problem) {
	doc := document{Type: p.Type, Title: p.Title(), Status: p.Status, Detail: p.Detail}
	if doc.Type == "" {
		doc.Type = "about:blank"
	}
	if p.Instance != "" {
		doc.Instance = "urn:request:" + p.Instance
	}
	body, err := json.Marshal(doc)
	if err != nil {
		panic("reply: " + err.Error()) // strings and a number: the program itself is wrong
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}
