package lab

import "time"

// Watch measures how long this process goes without a processor, until the
// function it returns is called and tells the longest such time. On a machine
// that stood still for longer than the timeouts of a case, what the servers
// answered says nothing about the case.
func Watch() (longest func() time.Duration) {
	const step = 5 * time.Millisecond
	stop, told := make(chan struct{}), make(chan time.Duration)
	last := time.Now() // here, as the goroutine may have to wait for its turn
	go func() {
		var worst time.Duration
		for {
			select {
			case <-stop:
				told <- max(worst, time.Since(last)-step)
				return
			case <-time.After(step):
			}
			now := time.Now()
			worst = max(worst, now.Sub(last)-step)
			last = now
		}
	}()
	return func() time.Duration {
		close(stop)
		return <-told
	}
}
