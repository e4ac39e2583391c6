package lint

import "slices"

// Join puts the results of several roots together, in the order of paths.
func Join(all []*Result) *Result {
	if len(all) == 1 {
		return all[0]
	}
	out := &Result{Summary: Summary{Untold: map[string]int{}}}
	for _, r := range all {
		out.Checks, out.Workspace = r.Checks, r.Workspace
		for i, t := range r.Timings { // the same rules in each
			if i < len(out.Timings) {
				out.Timings[i].Took += t.Took
			} else {
				out.Timings = append(out.Timings, t)
			}
		}
		out.Compared = out.Compared || r.Compared
		out.Stale = append(out.Stale, r.Stale...)
		out.Findings = append(out.Findings, r.Findings...)
		out.Silenced = append(out.Silenced, r.Silenced...)
		s := &out.Summary
		s.Files += r.Summary.Files
		s.Hops += r.Summary.Hops
		s.Errors += r.Summary.Errors
		s.Warnings += r.Summary.Warnings
		s.Notes += r.Summary.Notes
		s.Hidden += r.Summary.Hidden
		s.Suppressed += r.Summary.Suppressed
		s.Baselined += r.Summary.Baselined
		s.Stale += r.Summary.Stale
		s.Unknown += r.Summary.Unknown
		for help, n := range r.Summary.Untold {
			s.Untold[help] += n
		}
		s.Unread = append(s.Unread, r.Summary.Unread...)
		s.Elapsed += r.Summary.Elapsed
	}
	order(out.Findings)
	slices.SortStableFunc(out.Silenced, func(a, b Silenced) int { return inOrder(a.Finding, b.Finding) })
	slices.Sort(out.Summary.Unread)
	return out
}
