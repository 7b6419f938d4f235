package admin

import (
	"net/http"
	"strconv"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const jobsPath = "/admin/taches"

// numeral is a number that is a name, such as a status: written without the
// language's separators.
func numeral(n int) string { return strconv.Itoa(n) }

// jobsPage is "admin-jobs.html": work that failed too often.
type jobsPage struct {
	top
	Jobs  []jobRow
	Empty assets.Empty
}

type jobRow struct {
	*store.Job
	Text string
}

// jobs is /admin/taches: what was given up, to be tried again or forgotten.
func (p *Pages) jobs(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) {
		return p.decideJob(w, r)
	}
	page := jobsPage{
		top:   p.admin(r, p.t(r, "admin.jobs"), jobsPath),
		Empty: assets.Empty{Title: p.t(r, "admin.jobs-none"), Text: p.t(r, "admin.jobs-none-text")},
	}
	err := p.view(r, func(tx *store.Txn) error {
		for j := range tx.StuckJobs() {
			page.Jobs = append(page.Jobs, jobRow{j, p.t(r, "admin.job."+j.Kind)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-jobs.html", page)
}

func (p *Pages) decideJob(w http.ResponseWriter, r *http.Request) error {
	id, err := store.ParseID(r.PostForm.Get("id"))
	if err != nil {
		return err
	}
	again := r.PostForm.Get("answer") == "retry"
	err = p.Node.Store.Update(r.Context(), func(tx *store.Txn) error {
		for j := range tx.StuckJobs() {
			if j.ID == id {
				settleJob(tx, j, again)
				return nil
			}
		}
		return store.ErrNotFound
	})
	if err != nil {
		return err
	}
	p.Frame.Flash(r, "ok", "admin.job-done")
	return p.Frame.Redirect(w, r, jobsPath)
}

// settleJob tries a job again, or forgets it.
func settleJob(tx *store.Txn, j *store.Job, again bool) {
	deed := store.DropWork
	if again {
		deed = store.RetryWork
		tx.RetryJob(j, tx.Now(), j.Error, false)
	} else {
		tx.DeleteJob(j)
	}
	tx.Note(store.JournalEntry{Deed: deed, Reason: j.Kind})
}
