using System.Collections;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Guarding.Drift;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Kafka;
using SslAgent.Ingest.Texts;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;
using SslAgent.Tests.Demo;

namespace SslAgent.Tests.Pipeline;

/// <summary>When what was taken in becomes durable: the ingest thread over a real journal, under a clock that goes on by what each message costs.</summary>
public sealed class IngestLoopTests : IDisposable
{
    private const int Messages = 256;
    private static readonly TimeSpan Cost = TimeSpan.FromMilliseconds(50), WaitMax = TimeSpan.FromMilliseconds(200);

    private readonly string _root = Directory.CreateTempSubdirectory("ingest-").FullName;
    private readonly FakeTime _time = new();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Messages_that_are_slow_to_decode_are_durable_in_time_though_all_came_in_one_turn()
    {
        using Bench bench = new(_root, _time, new CycleOptions { Interval = TimeSpan.FromMinutes(1) }, new Learner(_ => { }));
        await bench.RunAsync([.. Enumerable.Range(0, Messages).Select(offset => bench.Slow(offset, 64))]);

        for (int offset = 0; offset < Messages; offset++)
        {
            TimeSpan waited = bench.DurableAt[offset] - bench.TakenAt[offset];
            Assert.True(waited <= WaitMax + Cost, $"message {offset} waited for {waited.TotalMilliseconds} ms");
        }

        // And in groups: an fsync a message would be another thing.
        Assert.InRange(bench.Syncs, (int)(Messages * Cost / (WaitMax + Cost)), Messages / 3);
        bench.RequireCommitsFollow();
    }

    [Fact]
    public async Task Messages_that_fill_the_group_are_durable_before_it_takes_more_than_one_more()
    {
        using Bench bench = new(_root, _time, new CycleOptions { Interval = TimeSpan.FromMinutes(1) }, new Learner(_ => { })) { Cost = TimeSpan.Zero };
        const int Bytes = 1000;
        await bench.RunAsync([.. Enumerable.Range(0, Messages).Select(offset => bench.Slow(offset, Bytes))]);

        int inGroup = (int)(Bench.GroupBytes / Bytes);
        Assert.True(bench.Syncs > 1, $"{bench.Syncs} group commits");
        Assert.True(bench.LargestGroup <= inGroup + 1, $"{bench.LargestGroup} messages of {Bytes} bytes in one group of {Bench.GroupBytes}");
        bench.RequireCommitsFollow();
    }

    [Fact]
    public async Task Before_it_waits_for_a_cycle_that_is_on_what_was_taken_in_is_durable()
    {
        Bench? watched = null;
        List<(long Position, TimeSpan? DueIn)> waits = [];
        var learner = new Learner(_ => waits.Add((watched!.Ledger.Position, watched.Ledger.SyncDueIn)));
        using Bench bench = new(_root, _time, new CycleOptions { Interval = null, SamplesTrigger = 5, SamplesMin = 1, WaitForLearner = true }, learner) { Cost = TimeSpan.Zero };
        watched = bench;
        await bench.RunAsync([.. Enumerable.Range(0, 30).Select(offset => bench.Slow(offset, 64))]);

        Assert.True(waits.Count >= 2, "it waited for the cycle that was on, and for more than one turn");
        Assert.All(waits, wait => Assert.True(wait is { Position: > 0, DueIn: null }, $"{wait.Position} records, not all of them durable"));
        Assert.True(bench.Syncs > 1, $"{bench.Syncs} group commits");
        bench.RequireCommitsFollow();
    }

    /// <summary>A cycle is on for the first two times that somebody asks.</summary>
    private sealed class Learner(Action<CancellationToken> waiting) : ICycleStarter
    {
        private int _turns = 2;

        public bool IsBusy => _turns > 0;

        public Task<bool> StartCycle(string trigger) => Task.FromResult(true);

        public bool AwaitIdle(TimeSpan wait, CancellationToken cancellation)
        {
            waiting(cancellation);
            return _turns-- <= 0;
        }
    }

    private sealed class Bench : IAgentObserver, IStreamReader
    {
        public const long GroupBytes = 64 << 10;

        private readonly FakeTime _time;
        private readonly CommitMemory _memory;
        private readonly IngestLoop _loop;
        private readonly List<StreamEvent> _coming = [];
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<(long Durable, long Committed)> _commits = [];
        private long _durable;

        public Bench(string root, FakeTime time, CycleOptions cycle, Learner learner)
        {
            _time = time;
            var options = new ReplayOptions { GroupCommitDelay = WaitMax, GroupCommitBytes = GroupBytes };
            var guard = new GuardOptions();
            Ledger = new Ledger(
                ReplayLedger.Open(new ReplayPlace(LocalDisk.Instance, Path.Combine(root, "journal"), 1, time), options, null, NullLogger.Instance), new LineageFold(),
                new StreamWatch(guard), guard, samplesMin: 1);
            var health = new LoopHealth(time);
            var problems = new ProblemBoard(this, time);
            _memory = new CommitMemory(LocalDisk.Instance, Path.Combine(root, "commits.json"), "group", NullLogger.Instance);
            var ingest = new IngestOptions();
            _loop = new IngestLoop(
                this, new Commits(this, _memory, TimeSpan.Zero, this, time), new MessageDecoder(ingest, new VipsFrameCodec(ingest.Frames), new TextCodec(ingest.Text)), Ledger,
                new CycleTriggers(Ledger, learner, cycle, health),
                patience => new DiskRoom(new RoomLimits(1L << 40, 1 << 20, 0, root), LocalDisk.Instance, Ledger, _ => { }, _ => Task.FromResult(false), time, patience),
                deadLetters: null, problems, health, this, NullLogger.Instance);
            _loop.Failed += fault => _over.TrySetException(fault);
        }

        public Ledger Ledger { get; }

        public TimeSpan Cost { get; init; } = IngestLoopTests.Cost;

        public Dictionary<long, TimeSpan> TakenAt { get; } = [];

        public Dictionary<long, TimeSpan> DurableAt { get; } = [];

        public int Syncs { get; private set; }

        public long LargestGroup { get; private set; }

        private TimeSpan Now => _time.GetElapsedTime(0);

        public IReadOnlyList<PartitionProgress> Progress => [];

        public string? Problem => null;

        public bool IsCompleted { get; private set; }

        /// <summary>A line of text whose headers take their time to be read.</summary>
        public StreamEvent.Delivered Slow(long offset, int bytes) => new(new Delivery(
            new SourceOffset("lines", 0, 0, offset), 1_000, null, Encoding.UTF8.GetBytes($"line {offset} ".PadRight(bytes, 'x')), new SlowHeaders(() => Spend(offset))));

        public async Task RunAsync(StreamEvent.Delivered[] all)
        {
            _coming.AddRange(all);
            _loop.Start();
            await _over.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            await _loop.StopAsync();
            Assert.Equal(all.Length, _durable);
            Assert.Equal(all.Length, DurableAt.Count);
        }

        /// <summary>Kafka was told of nothing that was not durable before, and of all of it in the end.</summary>
        public void RequireCommitsFollow()
        {
            Assert.NotEmpty(_commits);
            Assert.All(_commits, commit => Assert.True(commit.Committed <= commit.Durable, $"{commit.Committed} committed, {commit.Durable} durable"));
            Assert.Equal(_durable, _commits[^1].Committed);
        }

        public void Start()
        {
        }

        public int Take(List<StreamEvent> into, int countMax, TimeSpan wait, CancellationToken cancellation)
        {
            if (_coming.Count == 0)
            {
                IsCompleted = true;
                _over.TrySetResult();
                return 0;
            }

            StreamEvent[] some = [.. _coming.Take(countMax)];
            _coming.RemoveRange(0, some.Length);
            into.AddRange(some);
            return some.Length;
        }

        public void Commit(IReadOnlyList<PartitionPosition> positions) => _commits.Add((_durable, Next(positions)));

        public void StopReading() => IsCompleted = true;

        public void OnDurable(IReadOnlyList<PartitionPosition> positions)
        {
            long next = Next(positions);
            for (long offset = _durable; offset < next; offset++) DurableAt[offset] = Now;
            if (next == _durable) return;
            LargestGroup = Math.Max(LargestGroup, next - _durable);
            Syncs++;
            _durable = next;
        }

        public void OnOffsetsTold()
        {
        }

        public void OnIngested(IngestCounts counts)
        {
        }

        public void OnCycleStarted(CycleNumber cycle, string trigger, AvailableData available, int stepsMax)
        {
        }

        public void OnStep(StepReport report)
        {
        }

        public void OnProbing(CycleNumber cycle)
        {
        }

        public void OnCycleEnded(CycleReport report, ModelVersion version, ProbeReport probe, Verdict verdict)
        {
        }

        public void OnVersionPublished(VersionManifest manifest)
        {
        }

        public void OnProblem(string sentence) => _over.TrySetException(new InvalidOperationException(sentence));

        public void Dispose()
        {
            _loop.Dispose();
            _memory.Dispose();
            Ledger.Dispose();
        }

        private static long Next(IReadOnlyList<PartitionPosition> positions) => positions.Count == 0 ? 0 : positions[0].NextOffset;

        private void Spend(long offset)
        {
            if (TakenAt.ContainsKey(offset)) return;
            _time.Advance(Cost);
            TakenAt[offset] = Now;
        }
    }

    /// <summary>None, and that is found out slowly.</summary>
    private sealed class SlowHeaders(Action look) : IReadOnlyList<MessageHeader>
    {
        public int Count
        {
            get
            {
                look();
                return 0;
            }
        }

        public MessageHeader this[int index] => throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<MessageHeader> GetEnumerator() => Enumerable.Empty<MessageHeader>().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
