package fetch

// Scheme is a way to sign a request.
type Scheme int

const (
	Cavage Scheme = iota
	CavageNoQuery
	RFC9421
)
