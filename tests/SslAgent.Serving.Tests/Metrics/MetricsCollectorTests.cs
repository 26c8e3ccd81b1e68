using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Serving.Metrics;
using SslAgent.Serving.Tests.Support;

namespace SslAgent.Serving.Tests.Metrics;

public sealed class MetricsCollectorTests : IDisposable
{
    private readonly Meter _meter;
    private readonly MetricsCollector _collector;

    public MetricsCollectorTests()
    {
        // Meters are seen by the whole process: each test looks at its own alone.
        Meter meter = new("SslAgent.Test");
        _meter = meter;
        _collector = new MetricsCollector(other => other == meter, NullLogger.Instance);
    }

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_counter_adds_up_by_label()
    {
        Counter<long> counter = _meter.CreateCounter<long>("sslagent.test.messages", "{message}", "Messages by topic.");
        counter.Add(2, new KeyValuePair<string, object?>("topic", "frames"));
        counter.Add(3, new KeyValuePair<string, object?>("topic", "frames"));
        counter.Add(1, new KeyValuePair<string, object?>("topic", "logs"));
        counter.Add(7);

        Exposition read = Scrape();

        Assert.Equal("counter", read.Types["sslagent_test_messages_total"]);
        Assert.Equal("Messages by topic.", read.Helps["sslagent_test_messages_total"]);
        Assert.Equal(5, read.Samples["sslagent_test_messages_total{topic=frames}"]);
        Assert.Equal(1, read.Samples["sslagent_test_messages_total{topic=logs}"]);
        Assert.Equal(7, read.Samples["sslagent_test_messages_total{}"]);
    }

    [Fact]
    public void An_observed_metric_whose_labels_come_and_go_for_ever_never_runs_out_of_room()
    {
        int era = 0;
        _meter.CreateObservableGauge("sslagent.test.era_loss", () => new Measurement<int>(era, new KeyValuePair<string, object?>("era", era)));
        for (era = 1; era <= 3 * MetricFamily.SeriesMax; era++) Assert.Equal(era, Scrape().Samples[$"sslagent_test_era_loss{{era={era}}}"]);
    }

    [Fact]
    public void Labels_make_one_series_in_whatever_order_they_come()
    {
        Counter<int> counter = _meter.CreateCounter<int>("sslagent.test.c");
        KeyValuePair<string, object?> a = new("a", 1), b = new("b", true);
        counter.Add(1, a, b);
        counter.Add(1, b, a);

        Assert.Equal(2, Scrape().Samples["sslagent_test_c_total{a=1,b=true}"]);
    }

    [Fact]
    public void Hostile_words_in_labels_and_help_come_back_as_they_were()
    {
        const string hostile = "say \"hi\\there\"\nnext, {brace}=";
        _meter.CreateCounter<long>("sslagent.test.hostile", null, "back\\slash\nand line").Add(1, new KeyValuePair<string, object?>("who.is", hostile));

        Exposition read = Scrape();

        Assert.Equal("back\\slash\nand line", read.Helps["sslagent_test_hostile_total"]);
        Assert.Equal(1, read.Samples[$"sslagent_test_hostile_total{{who_is={hostile}}}"]);
    }

    [Fact]
    public void A_histogram_counts_what_is_at_most_its_bound()
    {
        Histogram<double> histogram = _meter.CreateHistogram(
            "sslagent.test.wait", "s", "Waits.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1, 10] });
        foreach (double value in (double[])[0.05, 0.1, 0.5, 1, 10.5]) histogram.Record(value, new KeyValuePair<string, object?>("op", "x"));

        Exposition read = Scrape();

        Assert.Equal("histogram", read.Types["sslagent_test_wait_seconds"]);
        Assert.Equal(2, read.Samples["sslagent_test_wait_seconds_bucket{le=0.1,op=x}"]);
        Assert.Equal(4, read.Samples["sslagent_test_wait_seconds_bucket{le=1,op=x}"]);
        Assert.Equal(4, read.Samples["sslagent_test_wait_seconds_bucket{le=10,op=x}"]);
        Assert.Equal(5, read.Samples["sslagent_test_wait_seconds_bucket{le=+Inf,op=x}"]);
        Assert.Equal(12.15, read.Samples["sslagent_test_wait_seconds_sum{op=x}"], 9);
        Assert.Equal(5, read.Samples["sslagent_test_wait_seconds_count{op=x}"]);
    }

    [Fact]
    public void Gauges_are_set_up_down_counters_move_and_observed_ones_are_asked()
    {
        _meter.CreateGauge<double>("sslagent.test.loss").Record(3);
        Gauge<double> loss = _meter.CreateGauge<double>("sslagent.test.loss2");
        loss.Record(2);
        loss.Record(double.NaN);
        UpDownCounter<int> moving = _meter.CreateUpDownCounter<int>("sslagent.test.moving");
        moving.Add(5);
        moving.Add(-2);
        int asked = 10;
        _meter.CreateObservableGauge("sslagent.test.buffer", () => asked++, "By");
        _meter.CreateObservableCounter("sslagent.test.total", () => 42L);

        Assert.Equal(10, Scrape().Samples["sslagent_test_buffer_bytes{}"]);
        Exposition read = Scrape();

        Assert.Equal(3, read.Samples["sslagent_test_loss{}"]);
        Assert.Equal(double.NaN, read.Samples["sslagent_test_loss2{}"]);
        Assert.Equal(3, read.Samples["sslagent_test_moving{}"]);
        Assert.Equal("gauge", read.Types["sslagent_test_moving"]);
        Assert.Equal(11, read.Samples["sslagent_test_buffer_bytes{}"]);
        Assert.Equal(42, read.Samples["sslagent_test_total{}"]);
        Assert.Equal("counter", read.Types["sslagent_test_total"]);
    }

    [Fact]
    public void An_observed_series_goes_when_it_is_no_longer_seen()
    {
        List<Measurement<int>> seen = [new(1, new KeyValuePair<string, object?>("partition", 0)), new(2, new KeyValuePair<string, object?>("partition", 1))];
        _meter.CreateObservableGauge("sslagent.test.lag", () => seen);
        Assert.Equal(2, Scrape().Samples["sslagent_test_lag{partition=1}"]);

        seen.RemoveAt(1);

        Assert.DoesNotContain("sslagent_test_lag{partition=1}", Scrape().Samples.Keys);
    }

    [Fact]
    public void An_observed_instrument_that_throws_spoils_no_other()
    {
        _meter.CreateObservableGauge("sslagent.test.broken", int () => throw new IOException("gone"));
        _meter.CreateObservableGauge("sslagent.test.whole", () => 1);

        Assert.Equal(1, Scrape().Samples["sslagent_test_whole{}"]);
    }

    [Fact]
    public void Label_sets_without_end_are_cut_off_and_counted()
    {
        Counter<long> counter = _meter.CreateCounter<long>("sslagent.test.sources");
        for (int i = 0; i < MetricFamily.SeriesMax + 7; i++) counter.Add(1, new KeyValuePair<string, object?>("source", i));

        Exposition read = Scrape();

        Assert.Equal(MetricFamily.SeriesMax, read.Samples.Keys.Count(key => key.StartsWith("sslagent_test_sources_total{", StringComparison.Ordinal)));
        Assert.Equal(7, read.Samples["sslagent_metrics_dropped_total{}"]);
    }

    [Fact]
    public void Counts_from_many_threads_all_arrive()
    {
        Counter<double> counter = _meter.CreateCounter<double>("sslagent.test.parallel");
        Histogram<int> histogram = _meter.CreateHistogram<int>("sslagent.test.sizes");
        Parallel.For(0, 20_000, i =>
        {
            counter.Add(1, new KeyValuePair<string, object?>("odd", i % 2));
            histogram.Record(i % 100);
        });

        Exposition read = Scrape();

        Assert.Equal(10_000, read.Samples["sslagent_test_parallel_total{odd=1}"]);
        Assert.Equal(20_000, read.Samples["sslagent_test_sizes_count{}"]);
    }

    [Fact]
    public void A_known_series_is_measured_without_allocating()
    {
        Counter<long> counter = _meter.CreateCounter<long>("sslagent.test.hot");
        KeyValuePair<string, object?> tag = new("kind", "frame");
        counter.Add(1, tag);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) counter.Add(1, tag);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Theory]
    [InlineData("sslagent.a.b", "s", "sslagent_a_b_seconds")]
    [InlineData("sslagent.a.bytes", "By", "sslagent_a_bytes")]
    [InlineData("sslagent.a-b.ratio", "1", "sslagent_a_b_ratio")]
    [InlineData("sslagent.a.b", "{sample}", "sslagent_a_b")]
    [InlineData("sslagent.a.b", null, "sslagent_a_b")]
    [InlineData("sslagent.a.b", "nats", "sslagent_a_b_nats")]
    public void Names_are_spelled_with_their_unit(string name, string? unit, string expected) =>
        Assert.Equal(expected, MetricName.Of(_meter.CreateGauge<int>(name, unit), MetricKind.Gauge));

    private Exposition Scrape() => Exposition.Read(_collector.Scrape());
}
