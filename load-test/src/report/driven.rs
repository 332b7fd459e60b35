//! What a drive measured, as a table.

use super::{percent, table};
use crate::drive::measured::{Driven, Lag, QUANTILES, rate};
use crate::drive::process::Usage;
use comfy_table::Table;
use std::fmt;

impl fmt::Display for Driven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = table(f, &["load test", ""]);
        let seconds = self.elapsed.as_secs_f64();
        let asked = match self.rate_asked {
            0 => "as many as can be".to_owned(),
            asked => format!("{asked} events/s"),
        };
        rows.add_row(["target".to_owned(), self.target.clone()]);
        rows.add_row(["asked for".to_owned(), asked]);
        rows.add_row(["events sent".to_owned(), self.sent.to_string()]);
        rows.add_row(["of them attack".to_owned(), percent(self.attack, self.sent)]);
        rows.add_row(["time".to_owned(), format!("{seconds:.2} s")]);
        let rate = rate(self.sent, seconds);
        rows.add_row(["rate".to_owned(), format!("{rate:.0} events/s")]);
        if let Some((what, latency)) = &self.latency {
            let ms = |us: u64| format!("{}.{:03} ms", us / 1_000, us % 1_000);
            rows.add_row([format!("{what}: measured"), latency.len().to_string()]);
            for (name, quantile) in QUANTILES {
                let value = latency.value_at_quantile(quantile);
                rows.add_row([format!("{what}: {name}"), ms(value)]);
            }
        }
        for (name, count) in &self.counts {
            rows.add_row([name.clone(), count.to_string()]);
        }
        if let Some(lag) = &self.lag {
            add_lag(&mut rows, lag);
        }
        if let Some(usage) = &self.usage {
            add_usage(&mut rows, usage, self.sent);
        }
        writeln!(f, "{rows}")
    }
}

fn add_lag(rows: &mut Table, lag: &Lag) {
    for (name, events) in [
        ("lag: most", lag.most),
        ("lag: when all was sent", lag.when_sent),
        ("lag: at the end", lag.at_end),
    ] {
        rows.add_row([name.to_owned(), format!("{events} events")]);
    }
    let rate = lag.judged_rate();
    rows.add_row([
        "judged and committed".to_owned(),
        format!("{rate:.0} events/s"),
    ]);
}

fn add_usage(rows: &mut Table, usage: &Usage, events: u64) {
    let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
    let cpu = usage.cpu_us_per(events);
    rows.add_row([
        format!("process {}: memory", usage.pid),
        mib(usage.rss_bytes),
    ]);
    rows.add_row(["… most ever".to_owned(), mib(usage.most_rss_bytes)]);
    rows.add_row([
        "… processors used".to_owned(),
        format!("{:.2}", usage.cores),
    ]);
    rows.add_row([
        "… processor time an event".to_owned(),
        format!("{cpu:.1} µs"),
    ]);
}
