package mastodon

import (
	"encoding/json"
	"errors"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/essaim/essaim/store"
)

const (
	maxBody  = 1 << 20  // bytes of a form or a JSON document
	maxMedia = 12 << 20 // bytes of a form with pictures
	maxDepth = 8        // of a JSON document
)

// params are the parameters of a request, whatever their form: query, form, form
// with files, or JSON, whose nesting is written as in forms: "data[alerts][mention]".
type params struct{ values url.Values }

// readParams reads the query and the body. Of a name in both, the body counts.
func (c *call) readParams() error {
	c.values = c.r.URL.Query()
	media, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	var err error
	switch {
	case c.r.Method == http.MethodGet:
		return nil
	case media == "application/json":
		err = c.readJSON()
	case media == "multipart/form-data":
		limit := int64(maxMedia)
		if c.account == nil {
			limit = maxBody // only members send pictures
		}
		c.r.Body = http.MaxBytesReader(c.w, c.r.Body, limit)
		err = c.r.ParseMultipartForm(limit) //nolint:gosec // the body is bounded
	default:
		c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxBody)
		err = parseForm(c.r)
	}
	maps.Copy(c.values, c.r.PostForm)
	if c.r.MultipartForm != nil {
		maps.Copy(c.values, url.Values(c.r.MultipartForm.Value))
	}
	if err != nil && !errors.As(err, new(*http.MaxBytesError)) {
		return &refusal{http.StatusBadRequest, "The request body cannot be read", ""}
	}
	return err
}

// parseForm reads a form of any method: net/http reads that of DELETE not.
func parseForm(r *http.Request) error {
	method := r.Method
	if method == http.MethodDelete {
		r.Method = http.MethodPost
	}
	err := r.ParseForm()
	r.Method = method
	return err
}

func (c *call) readJSON() error {
	var v any
	d := json.NewDecoder(http.MaxBytesReader(c.w, c.r.Body, maxBody))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return err
	}
	members, ok := v.(map[string]any)
	if !ok {
		return errors.New("not an object")
	}
	for name, v := range members {
		c.values.Del(name)
		flatten(c.values, name, v, maxDepth)
	}
	return nil
}

// flatten writes a JSON value as the fields of a form.
func flatten(into url.Values, name string, v any, depth int) {
	if depth == 0 {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for member, inner := range v {
			flatten(into, name+"["+member+"]", inner, depth-1)
		}
	case []any:
		for i, inner := range v {
			if _, isObject := inner.(map[string]any); isObject {
				flatten(into, name+"["+strconv.Itoa(i)+"]", inner, depth-1)
				continue
			}
			flatten(into, name+"[]", inner, depth-1)
		}
	case string:
		into.Add(name, v)
	case json.Number:
		into.Add(name, v.String())
	case bool:
		into.Add(name, strconv.FormatBool(v))
	}
}

// str is a parameter, or empty.
func (p params) str(name string) string { return p.values.Get(name) }

// has says whether a parameter was sent, even empty.
func (p params) has(name string) bool { return p.values.Has(name) }

// list is a parameter that may be sent several times, as name[] or name.
func (p params) list(name string) []string {
	return append(append([]string(nil), p.values[name+"[]"]...), p.values[name]...)
}

// flag is a yes or no; no when it was not sent.
func (p params) flag(name string) bool {
	switch strings.ToLower(p.str(name)) {
	case "1", "true", "on", "t", "yes":
		return true
	}
	return false
}

// number is a whole number between 1 and most; without one, usual.
func (p params) number(name string, usual, most int) int {
	n, err := strconv.Atoi(p.str(name))
	if err != nil || n < 1 {
		return usual
	}
	return min(n, most)
}

// offset is a number of things to pass over.
func (p params) offset() int {
	n, err := strconv.Atoi(p.str("offset"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// ids are parameters that name rows; what names none is left out.
func (p params) ids(name string) []store.ID {
	var ids []store.ID
	for _, s := range p.list(name) {
		if id, err := store.ParseID(s); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// rows are the objects of a list that a form or a JSON document sends:
// name[0][member] or name[][member].
func (p params) rows(name string) []map[string]string {
	byIndex := map[string]map[string]string{}
	var order []string
	row := func(index string) map[string]string {
		if byIndex[index] == nil {
			byIndex[index] = map[string]string{}
			order = append(order, index)
		}
		return byIndex[index]
	}
	for i := range maxRows {
		prefix := name + "[" + strconv.Itoa(i) + "]["
		for key, values := range p.values {
			if member, ok := strings.CutPrefix(key, prefix); ok && len(values) > 0 {
				row(strconv.Itoa(i))[strings.TrimSuffix(member, "]")] = values[0]
			}
		}
	}
	for key, values := range p.values {
		member, ok := strings.CutPrefix(key, name+"[][")
		for i := 0; ok && i < len(values) && i < maxRows; i++ {
			row("-" + strconv.Itoa(i))[strings.TrimSuffix(member, "]")] = values[i]
		}
	}
	rows := make([]map[string]string, 0, len(order))
	for _, index := range order {
		rows = append(rows, byIndex[index])
	}
	return rows
}

const maxRows = 50 // of one list in one request
