//! Running a plan: what was built before and still is what its record says is taken, the rest is verified and built.

mod step;

use crate::{
    BuildError, BuildRecord, Built, BuiltArtifact, Event, Events, Plan, SandboxMode, Step, Toolbox,
    isolation, record, room, verify::verify,
};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};
use step::Bench;

/// How to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many steps run at once. The Go command uses all processors by itself, so one or two are enough.
    pub jobs: usize,
    /// Build everything a second time elsewhere, with empty caches, and compare.
    pub rebuild_check: bool,
    /// How steps are kept apart from the host.
    pub sandbox: SandboxMode,
}

impl Default for Options {
    fn default() -> Self {
        Self { jobs: 1, rebuild_check: false, sandbox: SandboxMode::Auto }
    }
}

/// What is known of a step before it runs.
enum Job<'a> {
    /// Published, whole, and nothing more is asked.
    Done(Built),
    /// Published and whole, but never built twice.
    Compare(&'a Step, BuildRecord, Vec<BuiltArtifact>),
    /// Not there, or not whole.
    Make(&'a Step),
}

/// Builds what a plan names. A step that fails does not stop the others: all errors come back together, and what was
/// finished is kept for the next run.
pub fn build(
    plan: &Plan,
    toolbox: &Toolbox,
    options: Options,
    events: &dyn Events,
) -> Result<Vec<Built>, Vec<BuildError>> {
    let one = |error| vec![error];
    let jobs = survey(plan, toolbox, options, events);
    let open: Vec<&Step> = jobs.iter().filter_map(Job::step).collect();
    if open.is_empty() {
        return Ok(jobs.into_iter().filter_map(Job::into_done).collect());
    }
    let workspace = toolbox.workspace();
    room::sweep(workspace).map_err(one)?;
    let isolation =
        isolation(options.sandbox, &workspace.scratch(&format!("probe-{}", std::process::id())))
            .map_err(one)?;
    if let crate::Isolation::None { why } = &isolation {
        events.event(Event::Note(format!("building without a sandbox: {why}")));
    }
    let verified = verify(workspace, plan, &open, &isolation, events).map_err(one)?;
    let bench = Bench {
        workspace,
        plan,
        isolation,
        verified,
        rebuild_check: options.rebuild_check,
        events,
        needed: Mutex::default(),
    };
    run_all(jobs, options.jobs, &bench)
}

/// Looks at what earlier runs left. Outputs are hashed on all processors, because a run with nothing to do does no more.
fn survey<'a>(
    plan: &'a Plan,
    toolbox: &Toolbox,
    options: Options,
    events: &dyn Events,
) -> Vec<Job<'a>> {
    let look = |step: &'a Step| look(step, toolbox, options, events);
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            plan.steps().iter().map(|step| (step, scope.spawn(move || look(step)))).collect();
        threads.into_iter().map(|(step, thread)| thread.join().unwrap_or(Job::Make(step))).collect()
    })
}

fn look<'a>(step: &'a Step, toolbox: &Toolbox, options: Options, events: &dyn Events) -> Job<'a> {
    let started = Instant::now();
    match record::published(toolbox.workspace(), step) {
        Ok(Some((record, artifacts)))
            if options.rebuild_check && !record.run.rebuilt_identically =>
        {
            Job::Compare(step, record, artifacts)
        }
        Ok(Some((record, artifacts))) => {
            let seconds = started.elapsed().as_secs_f64();
            events.event(Event::StepFinished { step: step.label(), seconds, cached: true });
            Job::Done(Built::new(record, artifacts, true))
        }
        Ok(None) => Job::Make(step),
        Err(why) => {
            events.event(Event::Note(format!("{} is built again: {why}", step.label())));
            Job::Make(step)
        }
    }
}

impl<'a> Job<'a> {
    fn step(&self) -> Option<&'a Step> {
        match self {
            Self::Done(_) => None,
            Self::Compare(step, ..) | Self::Make(step) => Some(step),
        }
    }
    fn into_done(self) -> Option<Built> {
        match self {
            Self::Done(built) => Some(built),
            Self::Compare(..) | Self::Make(_) => None,
        }
    }
    fn run(self, bench: &Bench<'_>) -> Result<Built, BuildError> {
        match self {
            Self::Done(built) => Ok(built),
            Self::Compare(step, record, artifacts) => bench.compare(step, record, artifacts),
            Self::Make(step) => bench.make(step),
        }
    }
}

/// Runs jobs on `threads` threads and gives the results in the order of the plan.
fn run_all(
    jobs: Vec<Job<'_>>,
    threads: usize,
    bench: &Bench<'_>,
) -> Result<Vec<Built>, Vec<BuildError>> {
    let slots: Vec<Mutex<Option<Job<'_>>>> =
        jobs.into_iter().map(|job| Mutex::new(Some(job))).collect();
    let results: Vec<Mutex<Option<Result<Built, BuildError>>>> =
        slots.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some((slot, result)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    slots.get(index).zip(results.get(index))
                } {
                    let job = slot.lock().ok().and_then(|mut slot| slot.take());
                    if let (Some(job), Ok(mut result)) = (job, result.lock()) {
                        *result = Some(job.run(bench));
                    }
                }
            });
        }
    });
    let lost = || Err(std::io::Error::other("a build thread stopped").into());
    let all = results.into_iter().map(|slot| slot.into_inner().ok().flatten().unwrap_or_else(lost));
    let (built, errors): (Vec<_>, Vec<_>) = all.partition(Result::is_ok);
    if errors.is_empty() {
        Ok(built.into_iter().filter_map(Result::ok).collect())
    } else {
        Err(errors.into_iter().filter_map(Result::err).collect())
    }
}
