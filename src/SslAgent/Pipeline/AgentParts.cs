using Microsoft.Extensions.Logging;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Ingest;
using SslAgent.Ingest.DeadLetters;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Kafka;
using SslAgent.Ingest.Texts;
using SslAgent.Serving;
using SslAgent.Serving.Inference;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// The rooms, plumbed together over one state directory. Opened in the order in which they need each other, disposed in the reverse one.
/// </summary>
internal sealed class AgentParts : IAsyncDisposable
{
    // What was opened, in order; the server ends first, since it asks all the others.
    private readonly Stack<IDisposable> _opened;

    private AgentParts(Stack<IDisposable> opened) => _opened = opened;

    public required OpenState State { get; init; }

    public required RoomLimits Limits { get; init; }

    public required long VersionBytesMax { get; init; }

    /// <summary>What the learner thread has to make up for.</summary>
    public required IReadOnlyList<Unfinished> Unfinished { get; init; }

    public required TimeProvider Time { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required ProblemBoard Problems { get; init; }

    public required SaveQueue Saves { get; init; }

    public required Publisher Publisher { get; init; }

    public required CycleRunner Runner { get; init; }

    public required Rollbacks Rollbacks { get; init; }

    public required Forgetting Forgetting { get; init; }

    public required LearnerLoop Learner { get; init; }

    public required CycleTriggers Triggers { get; init; }

    public required IStreamReader Reader { get; init; }

    public required IngestLoop Ingest { get; init; }

    /// <summary>Null where no dead-letter topic is configured: the journal alone keeps what was rejected.</summary>
    public required DeadLetterFeed? DeadLetters { get; init; }

    public required Scrub Scrub { get; init; }

    public required ServingServer Server { get; init; }

    public VersionStore Store => State.Store;

    public Ledger Ledger => State.Ledger;

    public static async Task<AgentParts> OpenAsync(AgentSettings settings, Agent agent, AgentSurroundings around)
    {
        var opened = new Stack<IDisposable>();
        try
        {
            OpenState state = Keep(OpenState.Open(settings, "sslagent run", forTraining: true, around.Disk, around.Time, around.Logs));
            var problems = new ProblemBoard(around.Observer, around.Time);
            TellDamage(state, problems);
            state.SettleGuard(around.Logs.CreateLogger<LearnerLoop>());
            var interrupts = Keep(new Interrupts());
            ILogger learnerLog = around.Logs.CreateLogger<LearnerLoop>();
            var patience = new Patience(LearnerLoop.Name, LearnerLoop.StepMax, problems, around.Health, learnerLog, interrupts.Stopping);
            var frames = new VipsFrameCodec(settings.Ingest.Frames);
            var texts = new TextCodec(settings.Ingest.Text);

            var embedders = Keep(new EmbedderHost(settings.Serving, around.Time, around.Logs));
            var served = Keep(new ServedModels(
                state.Store, embedders, stored => Learning.Learner.OpenEmbedder(stored, state.Plan.Learner.Compute.Device), around.Time,
                problems, around.Logs.CreateLogger<ServedModels>()));
            var saves = Keep(new SaveQueue(
                state.Store, settings.Checkpoints, settings.Checkpoints.Retention(settings.Audit.Horizon), around.Time, around.Logs.CreateLogger<SaveQueue>()));
            var retirement = new Retirement(state.Store, state.Ledger, settings.Replay, state.Lineage.Plan.Seed, settings.Audit.Horizon);
            var room = new VersionRoom(state.Store, settings.Checkpoints.Retention(settings.Audit.Horizon), problems, learnerLog);
            room.Look();
            var publisher = new Publisher(
                state.Store, saves, served, retirement, room, state.Lineage.Id, around.Time, around.Observer, problems, patience, learnerLog);
            IReadOnlyList<Unfinished> unfinished = publisher.RepublishFirst(state.Recovered.Unfinished);
            if (state.Store.Serving is { } serving) await served.ServeAsync(serving);

            VersionStore resumeStore = VersionStore.Open(
                state.Disk, state.Directory.Resume, StoreAccess.ReadWrite, around.Time, around.Logs.CreateLogger<ResumePoints>());
            var resumePoints = new ResumePoints(resumeStore, state.Lineage.Id, around.Time, problems, learnerLog);
            var seat = new LearnerSeat(state.Store, around.Time);
            var runner = new CycleRunner(
                state.Ledger, seat, new Redundancy(state.Ledger, seat, around.Health, patience, learnerLog), publisher, resumePoints,
                new Judge(state.Ledger, state.Store, settings.Guard, around.Observer, learnerLog), settings.Cycle, around.Time, around.Health, patience, around.Observer, learnerLog);
            var rollbacks = new Rollbacks(state.Ledger, state.Store, publisher, patience, learnerLog);
            var forgetting = new Forgetting(state.Ledger, publisher, patience, learnerLog);
            var tokenizer = new TokenizerKeeper(settings.Tokenizer, state.Plan.Learner.Model.VocabularySize, patience, learnerLog);
            var desk = new CycleDesk(
                state.Ledger, new CyclePlanner(state.Plan, state.Consolidation, settings.Cycle, state.Ledger, state.Store, seat), Learning.Learner.FingerprintOf(state.Plan.Learner), seat, runner, resumePoints, tokenizer, patience,
                learnerLog);
            var learner = Keep(new LearnerLoop(desk, rollbacks, forgetting, seat, interrupts, around.Health, learnerLog));
            var triggers = new CycleTriggers(state.Ledger, learner, settings.Cycle, around.Health);

            DeadLetterFeed? deadLetters = settings.Kafka.DeadLetterTopic is null ? null : Keep(new DeadLetterFeed(
                new DeadLetterProducer(settings.Kafka, around.Time, around.Logs.CreateLogger<DeadLetterProducer>()), state.Ledger, state.Disk,
                state.Directory.DeadLetterCursor, problems, around.Health, around.Logs.CreateLogger<DeadLetterFeed>()));
            retirement.DeadLettersFrom = () => deadLetters?.OwedFrom ?? long.MaxValue;
            ILogger ingestLog = around.Logs.CreateLogger<IngestLoop>();
            var memory = Keep(new CommitMemory(state.Disk, state.Directory.Commits, settings.Kafka.GroupId, ingestLog));
            IStreamReader reader = Keep(around.Source is { } source
                ? source(state.Ledger, settings.Kafka)
                : new KafkaReader(settings.Kafka, state.Ledger, around.Time, around.Logs.CreateLogger<KafkaReader>(), memory));
            var commits = new Commits(reader, memory, settings.Kafka.CommitInterval, around.Observer, around.Time);
            var decoder = new MessageDecoder(settings.Ingest, frames, texts);
            var limits = new RoomLimits(settings.Replay.JournalBytesMax, settings.Replay.SegmentBytes, settings.Agent.DiskFreeMin, state.Directory.Root);
            var ingest = Keep(new IngestLoop(
                reader, commits, decoder, state.Ledger, triggers,
                wait => new DiskRoom(limits, state.Disk, state.Ledger, publisher.Retire, triggers.Fire, around.Time, wait),
                deadLetters, problems, around.Health, around.Observer, ingestLog));
            var scrub = Keep(new Scrub(
                state.Disk, state.Directory, state.Store, settings.Scrub, problems, around.Time, around.Logs.CreateLogger<Scrub>()));
            return new AgentParts(opened)
            {
                State = state,
                Limits = limits,
                VersionBytesMax = settings.Checkpoints.BytesMax,
                Unfinished = unfinished,
                Time = around.Time,
                StartedAt = around.Time.GetUtcNow(),
                Problems = problems,
                Saves = saves,
                Publisher = publisher,
                Runner = runner,
                Rollbacks = rollbacks,
                Forgetting = forgetting,
                Learner = learner,
                Triggers = triggers,
                Reader = reader,
                Ingest = ingest,
                DeadLetters = deadLetters,
                Scrub = scrub,
                Server = new ServingServer(
                    ServingPlan.Of(settings.Serving, state.Directory.Root), embedders, new ServingCodecs(frames, texts), agent, around.Time, around.Logs),
            };
        }
        catch
        {
            foreach (IDisposable part in opened) part.Dispose();
            throw;
        }

        T Keep<T>(T part) where T : IDisposable
        {
            opened.Push(part);
            return part;
        }
    }

    private static void TellDamage(OpenState state, ProblemBoard problems)
    {
        Recovered recovered = state.Recovered;
        int ranges = recovered.Report.Damaged.Count;
        string[] told =
        [
            .. ranges > 0 ? [$"the journal has {ranges} damaged byte ranges, kept in {state.Directory.Quarantine}: what stood there is lost; sslagent replay verify names them"] : Array.Empty<string>(),
            .. recovered.Settled,
        ];
        if (told.Length > 0) problems.Set("damage", string.Join(". ", told));
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        foreach (IDisposable part in _opened) part.Dispose();
    }
}

/// <summary>What the process gives the agent.</summary>
internal sealed record AgentSurroundings(IAgentObserver Observer, TimeProvider Time, IDisk Disk, LoopHealth Health, ILoggerFactory Logs)
{
    /// <summary>Where messages come from, given what the journal has already; null for Kafka.</summary>
    public Func<IPartitionPositions, KafkaOptions, IStreamReader>? Source { get; init; }
}
