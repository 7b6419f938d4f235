package media

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func get(t *testing.T, m *Media, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "/", nil)
	u, err := url.Parse(target)
	if err != nil {
		u = &url.URL{Path: target}
	}
	r.URL = u
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, r)
	return w.Result()
}

func wantStatus(t *testing.T, m *Media, method, target string, want int, header ...string) *http.Response {
	t.Helper()
	res := get(t, m, method, target, header...)
	if res.StatusCode != want {
		t.Errorf("%s %q: got %d, want %d", method, target, res.StatusCode, want)
	}
	if got := res.Header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("%s %q: X-Content-Type-Options %q", method, target, got)
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%s %q: answered HTML", method, target)
	}
	return res
}

func TestHandlerServesPictures(t *testing.T) {
	m, _ := open(t)
	for _, data := range [][]byte{asJPEG(t, photo(40, 30)), frames(t, 1)} {
		kept, _ := put(t, m, data)
		res := wantStatus(t, m, "GET", kept.URL, 200)
		want := map[string]string{
			"Content-Type":                 kept.MediaType,
			"Cache-Control":                "public, max-age=31536000, immutable",
			"Content-Security-Policy":      "default-src 'none'; sandbox",
			"Content-Disposition":          "inline",
			"Cross-Origin-Resource-Policy": "cross-origin",
		}
		wantHeaders(t, res, want)
		wantStatus(t, m, "GET", kept.URL, 304, "If-None-Match", res.Header.Get("ETag"))
		part := wantStatus(t, m, "GET", kept.URL, 206, "Range", "bytes=0-3")
		if part.ContentLength != 4 && part.Header.Get("Content-Length") != "4" {
			t.Errorf("range: got %q bytes", part.Header.Get("Content-Length"))
		}
		head := wantStatus(t, m, "HEAD", kept.URL, 200)
		if n, err := head.Body.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("HEAD has a body")
		}
	}
}

func TestHandlerServesNothingElse(t *testing.T) {
	m, dir := open(t)
	kept, _ := put(t, m, frames(t, 1))
	file := strings.TrimPrefix(kept.URL, Path)
	outside := filepath.Join(filepath.Dir(dir), "config.toml")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	other := strings.Repeat("a", 64) + ".png"
	if err := os.Symlink(outside, filepath.Join(dir, other)); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{
		"/media/", "/media", "/media/.", "/media/..", "/media/../config.toml", "/media/..%2fconfig.toml",
		"/media/%2e%2e/config.toml", "/media/..\\config.toml", "/media//etc/passwd", "/media/" + file + "/",
		"/media/" + file + "/../../config.toml", "/media/x/" + file, "/media/" + strings.ToUpper(file),
		"/media/" + file + "%00.html", "/media/" + file + "%0a", "/media/" + file + ".html", file, "/" + file,
		"/media/" + strings.Repeat("0", 64) + ".jpg", "/media/" + strings.TrimSuffix(file, ".png") + ".svg",
	} {
		wantStatus(t, m, "GET", target, 404)
	}
	res := wantStatus(t, m, "GET", "/media/"+other, 500) // a link that leads out
	if res.Header.Get("Cache-Control") != "" {
		t.Error("an error may be kept for ever")
	}
	page := putFile(t, m, "a.txt", []byte("x"))
	for _, target := range []string{
		page.URL + "/", page.URL + "/../../config.toml", strings.TrimSuffix(page.URL, "a.txt"), page.URL + "%2fconfig.toml",
		strings.TrimSuffix(page.URL, ".txt/a.txt"), strings.Replace(page.URL, ".txt/", ".html/", 1), strings.Replace(page.URL, ".txt/", ".csv/", 1),
	} {
		wantStatus(t, m, "GET", target, 404)
	}
	wantStatus(t, m, "POST", kept.URL, 405)
	wantStatus(t, m, "DELETE", kept.URL, 405)
}

func wantHeaders(t *testing.T, res *http.Response, want map[string]string) {
	t.Helper()
	for k, v := range want {
		if got := res.Header.Get(k); got != v {
			t.Errorf("%s: got %q, want %q", k, got, v)
		}
	}
}

func TestHandlerLetsFilesBeSavedAndNeverShown(t *testing.T) {
	m, _ := open(t)
	for name, data := range goodFiles(t) {
		a := putFile(t, m, "Été – "+name, data)
		for address, filename := range map[string]string{
			a.URL:                                  "filename*=utf-8''%C3%89t%C3%A9%20%E2%80%93%20" + name,
			Path + a.SHA256 + name[1:]:             "filename=" + a.SHA256 + name[1:],
			Path + a.SHA256 + name[1:] + "/x.html": "filename=x" + name[1:],
			Path + a.SHA256 + name[1:] + "/%22%0d": "filename=\"\\\"" + name[1:] + "\"",
		} {
			res := wantStatus(t, m, "GET", address, 200)
			wantHeaders(t, res, map[string]string{
				"Content-Type":                 a.MediaType,
				"Content-Disposition":          "attachment; " + filename,
				"Cache-Control":                "public, max-age=31536000, immutable",
				"Content-Security-Policy":      "default-src 'none'; sandbox",
				"Cross-Origin-Resource-Policy": "same-origin",
				"ETag":                         `"` + a.SHA256 + `"`,
			})
			if b, err := io.ReadAll(res.Body); err != nil || !bytes.Equal(b, data) {
				t.Errorf("%s: got %q %v", address, b, err)
			}
		}
		wantStatus(t, m, "GET", a.URL, 304, "If-None-Match", `"`+a.SHA256+`"`)
		part := wantStatus(t, m, "GET", a.URL, 206, "Range", "bytes=0-0")
		wantHeaders(t, part, map[string]string{"Content-Length": "1", "X-Content-Type-Options": "nosniff"})
	}
}

// What is two things at once is served as the harmless one, to be saved.
func TestHandlerDisarmsPolyglots(t *testing.T) {
	m, _ := open(t)
	const script = "<html><script>alert(document.domain)</script>"
	for name, data := range map[string][]byte{
		"pdf.pdf": []byte("%PDF-1.7\n" + script), "js.txt": []byte("alert(1)//"), "late.md": []byte("a\n" + script),
		"sheet.csv": []byte("=HYPERLINK(\"javascript:alert(1)\")\n"), "draw.svg": []byte(svgText), "jar.zip": goodFiles(t)["a.zip"],
	} {
		res := wantStatus(t, m, "GET", putFile(t, m, name, data).URL, 200)
		wantHeaders(t, res, map[string]string{
			"Content-Disposition": "attachment; filename=" + name, "Content-Security-Policy": "default-src 'none'; sandbox",
			"Content-Type": fileTypes[name[strings.LastIndexByte(name, '.'):]].mediaType,
		})
	}
	gif := append(frames(t, 1), "/*"+script+"*/"...)
	kept, _ := put(t, m, gif)
	shown := wantStatus(t, m, "GET", kept.URL, 200)
	wantHeaders(t, shown, map[string]string{"Content-Type": "image/png", "Content-Disposition": "inline"})
	saved := wantStatus(t, m, "GET", putFile(t, m, "x.gif", gif).URL, 200)
	wantHeaders(t, saved, map[string]string{"Content-Type": "image/png", "Content-Disposition": "attachment; filename=x.png"})
	for _, res := range []*http.Response{shown, saved} {
		if b, err := io.ReadAll(res.Body); err != nil || bytes.Contains(b, []byte("script")) {
			t.Errorf("the script is there, or %v", err)
		}
	}
}
