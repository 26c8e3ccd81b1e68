using SslAgent.Continual.Runs;
using SslAgent.Continual.Streams;

namespace SslAgent.Continual;

/// <summary>What <c>--help</c> says.</summary>
internal static class Help
{
    public static string Text { get; } =
        $"""
        sslagent-continual: does the agent forget, and does replay help? Learns streams of real data in one pass by several methods and compares them.

          make bench-continual                            the profile cpu, an hour or so; stop it and call again: finished runs are not repeated
          make bench-continual PROFILE=quick              minutes: does it work here?
          make bench-continual ARGS="--only photos --seeds 1 --out /tmp/photos"

        Results are written to bench/continual/RESULTS.md (full: bench/continual/full, quick: beside its runs) with pictures beside it; the runs themselves, one JSON file each,
        to artifacts/continual/PROFILE.

        Profiles
        {Lines(Profile.All.Select(profile => (profile.Name, profile.Says)))}
        Streams
        {Lines(StreamCatalog.All.Select(stream => (stream.Name, stream.Says + (stream.Needs.Count == 0 ? "" : $" (needs {string.Join(", ", stream.Needs)})"))))}
        Methods
        {Lines(Methods.All.Select(method => (method.Name, method.Says)))}
        Options
        {Lines([
            ("--profile NAME", "quick, cpu or full; --quick, --cpu and --full for short"),
            ("--list", "say which runs there are and which are done; do nothing"),
            ("--only A,B", "only runs whose name (as --list prints it) has A or B in it"),
            ("--seeds N", "seeds 1 to N"),
            ("--seconds S", "training time of a run to aim at; fixes its steps by a table, not by a clock"),
            ("--items N", "thin streams and questions evenly to N items"),
            ("--jobs N", "runs at a time, each a process of its own"),
            ("--threads N", "threads of a run (1: two processes of one thread do more than one of two)"),
            ("--device D", "cpu or cuda:N"),
            ("--dtype D", "bf16 or fp32"),
            ("--data DIR", "where cifar10, trashnet64, loghub, video_vtest, video_tree lie (../shared/data); streams without their data are skipped, and named"),
            ("--out DIR", "where RESULTS.md and its pictures go"),
            ("--runs DIR", "where finished runs lie"),
            ("--report", "only write the results of the runs that are done"),
        ])}
        """;

    private static string Lines(IEnumerable<(string Name, string Says)> rows) => string.Concat(rows.Select(row => $"  {row.Name,-16} {row.Says}\n"));
}
