using Microsoft.Extensions.Logging;
using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>The head's events, 7000 to 7999.</summary>
internal static partial class HeadLog
{
    [LoggerMessage(7000, LogLevel.Information, "Recovered: journal position {Position}, head {Head}, serving {Serving}, {Records} records folded, {CutBytes} bytes cut off, {DamagedRanges} damaged ranges")]
    public static partial void Recovered(ILogger log, long position, string head, string serving, long records, long cutBytes, int damagedRanges);

    [LoggerMessage(7001, LogLevel.Information, "Ready: listening on {Address}, reading {Topics}")]
    public static partial void Ready(ILogger log, Uri address, string topics);

    [LoggerMessage(7002, LogLevel.Information, "Stopping")]
    public static partial void Stopping(ILogger log);

    [LoggerMessage(7003, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(7010, LogLevel.Information, "Cycle {Cycle} started ({Trigger}): {Frames} frames, {Texts} texts, {Pairs} pairs, {Steps} steps, plan {Plan}")]
    public static partial void CycleStarted(ILogger log, CycleNumber cycle, string trigger, int frames, int texts, int pairs, int steps, string plan);

    [LoggerMessage(7011, LogLevel.Information, "Cycle {Cycle} ended after {Steps} steps: version {Version}, verdict {Verdict}: {Reasons}")]
    public static partial void CycleEnded(ILogger log, CycleNumber cycle, int steps, ModelVersion version, VerdictKind verdict, string reasons);

    [LoggerMessage(7012, LogLevel.Information, "Cycle {Cycle} goes on at step {Step}")]
    public static partial void CycleResumed(ILogger log, CycleNumber cycle, int step);

    [LoggerMessage(7013, LogLevel.Warning, "Cycle {Cycle} abandoned: {Reason}")]
    public static partial void CycleAbandoned(ILogger log, CycleNumber cycle, string reason);

    [LoggerMessage(7019, LogLevel.Information, "Cycle {Cycle}: {Objective} has no turn: it needs {Needed} at least (samples, or windows of time where it learns from those) and there are {There}; waits for the tokenizer: {WaitsForTokenizer}")]
    public static partial void ObjectiveLacks(ILogger log, CycleNumber cycle, string objective, int needed, int there, bool waitsForTokenizer);

    [LoggerMessage(7075, LogLevel.Warning, "No consolidation: for {Minutes:F0} minutes none could begin, since a cycle was on, there was too little to learn from, or training is paused; it is asked for again when consolidation.cron says so")]
    public static partial void ConsolidationGivenUp(ILogger log, double minutes);

    [LoggerMessage(7014, LogLevel.Information, "Resume point of cycle {Cycle} at step {Step} written")]
    public static partial void ResumePointWritten(ILogger log, CycleNumber cycle, int step);

    [LoggerMessage(7015, LogLevel.Error, "The resume point of cycle {Cycle} could not be written: its steps will be repeated")]
    public static partial void ResumePointFailed(ILogger log, CycleNumber cycle, Exception fault);

    [LoggerMessage(7016, LogLevel.Error, "{Words}")]
    public static partial void TrainingLowered(ILogger log, string words);

    [LoggerMessage(7017, LogLevel.Warning, "Training resumed: {Words}")]
    public static partial void TrainingResumed(ILogger log, string words);

    [LoggerMessage(7018, LogLevel.Warning, "Drift in {Source}: {Measure} from {Before} to {After}; a new era begins, {PlasticCycles} cycles learn faster")]
    public static partial void DriftFound(ILogger log, string source, string measure, double before, double after, int plasticCycles);

    [LoggerMessage(7020, LogLevel.Information, "Tokenizer frozen: {Tokens} tokens, trained on {Bytes} bytes of text")]
    public static partial void TokenizerFrozen(ILogger log, int tokens, long bytes);

    [LoggerMessage(7021, LogLevel.Warning, "{Words}")]
    public static partial void VersionsHeld(ILogger log, string words);

    [LoggerMessage(7030, LogLevel.Information, "Serving version {Version}")]
    public static partial void Serving(ILogger log, ModelVersion version);

    [LoggerMessage(7031, LogLevel.Error, "Version {Version} cannot be served")]
    public static partial void ServingFailed(ILogger log, ModelVersion version, Exception fault);

    [LoggerMessage(7040, LogLevel.Warning, "Rolled back from {From} to {To} as {Version}: {Reason}")]
    public static partial void RolledBack(ILogger log, string from, ModelVersion to, ModelVersion version, string reason);

    [LoggerMessage(7043, LogLevel.Warning, "Held version {Held} accepted as {Version}, which is served from here on: {Reason}")]
    public static partial void Accepted(ILogger log, ModelVersion held, ModelVersion version, string reason);

    [LoggerMessage(7041, LogLevel.Warning, "Version {Version} goes on without {InUse} samples of the replay buffer; {Erased} samples erased from {Segments} journal segments: {Reason}")]
    public static partial void Forgot(ILogger log, ModelVersion version, int inUse, long erased, int segments, string reason);

    [LoggerMessage(7042, LogLevel.Error, "Not all forgotten samples are off the disk: {Left}")]
    public static partial void ForgettingLeft(ILogger log, string left);

    [LoggerMessage(7050, LogLevel.Error, "The disk makes a loop wait: {Problem}")]
    public static partial void DiskFailing(ILogger log, string problem);

    [LoggerMessage(7051, LogLevel.Information, "The disk serves again: {Topic} is over")]
    public static partial void DiskHealed(ILogger log, string topic);

    [LoggerMessage(7052, LogLevel.Warning, "{Topic}/{Partition} has a new epoch {Epoch} from offset {Offset}: {Reason}")]
    public static partial void EpochOpened(ILogger log, string topic, int partition, int epoch, long offset, string reason);

    [LoggerMessage(7053, LogLevel.Error, "{Count} messages of {Topic}/{Partition} will not be seen, offsets {From} to {To}: {Reason}")]
    public static partial void MessagesMissing(ILogger log, long count, string topic, int partition, long from, long to, string reason);

    [LoggerMessage(7054, LogLevel.Warning, "Kafka: {Reason}")]
    public static partial void KafkaTrouble(ILogger log, string reason);

    [LoggerMessage(7055, LogLevel.Warning, "{Path} cannot be read, so an operator's reset of the group's offsets would not be noticed at this start: {Problem}")]
    public static partial void CommitsForgotten(ILogger log, string path, string problem);
    [LoggerMessage(7059, LogLevel.Warning, "Old samples could not be retired; it is tried again after the next version: {Problem}")]
    public static partial void RetiringFailed(ILogger log, string problem);

    [LoggerMessage(7074, LogLevel.Information, "Cycle {Cycle}: {Embedded} samples of the replay buffer were embedded, {Evicted} were redundant and left")]
    public static partial void Weighed(ILogger log, CycleNumber cycle, int embedded, int evicted);

    [LoggerMessage(7056, LogLevel.Information, "Stored bytes checked: {Bytes} bytes in {Seconds:F0} s, {Damaged} damaged places")]
    public static partial void Scrubbed(ILogger log, long bytes, double seconds, int damaged);

    [LoggerMessage(7057, LogLevel.Error, "The background check found damage: {Place}")]
    public static partial void ScrubFound(ILogger log, string place);

    [LoggerMessage(7058, LogLevel.Error, "The stored bytes could not be checked: {Problem}")]
    public static partial void ScrubFailed(ILogger log, string problem);

    [LoggerMessage(7070, LogLevel.Error, "Damaged journal: {Range}; its bytes are kept in {Copy}")]
    public static partial void Quarantined(ILogger log, string range, string copy);

    [LoggerMessage(7071, LogLevel.Error, "Damaged journal: {Range}; the quarantine has no room for its bytes, at most {BytesMax} bytes are kept")]
    public static partial void QuarantineFull(ILogger log, string range, long bytesMax);

    [LoggerMessage(7072, LogLevel.Error, "The damaged bytes of the journal could not be copied to the quarantine: {Problem}")]
    public static partial void QuarantineFailed(ILogger log, string problem);

    [LoggerMessage(7073, LogLevel.Error, "Damaged journal: {Note}")]
    public static partial void DamageSettled(ILogger log, string note);

    [LoggerMessage(7063, LogLevel.Warning, "{Problem}")]
    public static partial void VersionsOverLimit(ILogger log, string problem);

    [LoggerMessage(7064, LogLevel.Warning, "Whether the versions keep to checkpoints.bytesMax cannot be told: {Problem}")]
    public static partial void VersionRoomUnknown(ILogger log, string problem);

    [LoggerMessage(7062, LogLevel.Warning, "The clock was set back: {Trigger} would have come at {Next:u} and comes at {Again:u}")]
    public static partial void ClockSetBack(ILogger log, string trigger, DateTimeOffset next, DateTimeOffset again);

    [LoggerMessage(7060, LogLevel.Critical, "The {Loop} loop ended: {Problem}")]
    public static partial void LoopFailed(ILogger log, string loop, string problem, Exception fault);

    [LoggerMessage(7061, LogLevel.Critical, "The {Loop} loop has been silent for {Seconds:F0} s; the watchdog is not fed")]
    public static partial void LoopStuck(ILogger log, string loop, double seconds);
}
