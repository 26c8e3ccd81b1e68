using Microsoft.Extensions.Logging;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Hosting;
using SslAgent.Pipeline;
using SslAgent.Serving.Tests.Support;

namespace SslAgent.EndToEnd.Tests;

/// <summary>A consolidation that is due asks a living agent for its turn: again and again while a cycle is on, and not for ever.</summary>
public sealed class ConsolidationTests
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    private readonly ManualTime _time = new();
    private readonly CollectingLog _log = new();

    [Fact]
    public async Task While_a_cycle_is_on_it_waits_and_begins_when_that_is_over()
    {
        await using var bench = new Bench();
        using var observer = new HoldingObserver();
        CancellationToken limit = bench.Limit;
        await bench.SendAsync(200);
        Agent agent = await bench.StartAsync(Settings(bench), observer);
        Assert.Equal("count", await observer.NextTriggerAsync(limit));

        Task<bool> asked = Job(agent).AskAsync(limit);
        for (int turn = 0; turn < 3; turn++)
        {
            Assert.Equal(Turn, await _time.TimersSet.Reader.ReadAsync(limit));
            if (turn < 2) _time.Advance(Turn);
        }

        Assert.False(asked.IsCompleted);
        observer.LetGo();
        Assert.True(SpinWait.SpinUntil(() => !agent.IsTraining, TimeSpan.FromMinutes(2)), "the cycle came to no end");
        _time.Advance(Turn);
        Assert.True(await asked.WaitAsync(limit));
        Assert.Equal(CyclePlanner.Consolidate, await observer.NextTriggerAsync(limit));
        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task After_an_hour_in_vain_it_gives_up_and_says_so()
    {
        await using var bench = new Bench();
        using var observer = new HoldingObserver();
        CancellationToken limit = bench.Limit;
        await bench.SendAsync(200);
        Agent agent = await bench.StartAsync(Settings(bench), observer);
        await observer.NextTriggerAsync(limit);

        Task<bool> asked = Job(agent).AskAsync(limit);
        int waits = 0;
        while (await Task.WhenAny(asked, _time.TimersSet.Reader.WaitToReadAsync(limit).AsTask()) != asked)
        {
            await _time.TimersSet.Reader.ReadAsync(limit);
            waits++;
            _time.Advance(Turn);
        }

        Assert.False(await asked);
        Assert.Equal(TimeSpan.FromHours(1), waits * Turn);
        Assert.StartsWith("No consolidation: for 60 minutes none could begin", Assert.Single(_log.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain(agent.Decisions(), decision => decision.Record is JournalRecord.CycleStarted { Trigger: CyclePlanner.Consolidate });
        observer.LetGo();
    }

    [Fact]
    public async Task An_agent_that_stops_is_asked_no_more()
    {
        await using var bench = new Bench();
        CancellationToken limit = bench.Limit;
        Agent agent = await bench.StartAsync(Settings(bench), new RecordingObserver());
        Task<bool> asked = Job(agent).AskAsync(limit); // In vain: there is nothing to learn from.
        await _time.TimersSet.Reader.ReadAsync(limit);
        await agent.StopAsync();
        _time.Advance(Turn);
        Assert.False(await asked.WaitAsync(limit));
        Assert.Empty(_log.Warnings);
    }

    private static AgentSettings Settings(Bench bench) =>
        bench.Settings() with { Consolidation = new() { Cron = "0 0 3 * * ?", Objectives = [new() { Name = "simclr" }], Steps = 4 } };

    private ConsolidationJob Job(Agent agent) => new(agent, _time, _log);

    /// <summary>Keeps what is worth a warning, or more.</summary>
    private sealed class CollectingLog : ILogger<ConsolidationJob>
    {
        public List<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning) Warnings.Add(formatter(state, exception));
        }
    }
}
