package store

// Rows is what the entries of a table are for those who do not know their type.
type Rows interface {
	Len() int
	Row(i int) any // a pointer to row i
	Grow() any     // appends an empty row and returns a pointer to it
	Truncate(n int)
}

// Entries is a table's entries of type T. Its JSON is a list.
type Entries[T any] []T

// Len counts the rows.
func (l *Entries[T]) Len() int { return len(*l) }

// Row returns a *T.
func (l *Entries[T]) Row(i int) any { return &(*l)[i] }

// Grow appends a zero T and returns a pointer to it.
func (l *Entries[T]) Grow() any {
	var empty T
	*l = append(*l, empty)
	return &(*l)[len(*l)-1]
}

// Truncate keeps the first n rows at most.
func (l *Entries[T]) Truncate(n int) {
	if n < len(*l) {
		*l = (*l)[:n]
	}
}
