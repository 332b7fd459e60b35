-- Alerts are read by tenant, and one that has few must not take a look at all. Alerts are rare: making it is short.
CREATE INDEX alerts_tenant ON alerts (coalesce(alert ->> 'tenant', alert -> 'campaign' ->> 'tenant'), seq DESC);
