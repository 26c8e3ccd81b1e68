using System.Diagnostics;
using SslAgent.Continual.Reports;
using SslAgent.Continual.Runs;
using SslAgent.Continual.Streams;

namespace SslAgent.Continual;

/// <summary><c>sslagent-continual</c>: see <see cref="Help"/>.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        try
        {
            Arguments arguments = Arguments.Parse(args);
            if (!arguments.Help) return Run(arguments, args);
            Console.WriteLine(Help.Text);
            return 0;
        }
        catch (UsageException wrong)
        {
            Console.Error.WriteLine($"sslagent-continual: {wrong.Message}");
            return 2;
        }
    }

    private static int Run(Arguments arguments, string[] words)
    {
        Profile profile = Adjusted(Profile.Find(arguments.Profile), arguments);
        DataFolders folders = Places.Data(arguments);
        var store = new RunStore(Places.Runs(arguments));
        BenchSetting SettingOf(RunKey key) => new(
            profile.IsLong(key.Stream) ? profile.LongSeconds : profile.Seconds, profile.ItemsMax, profile.ProbesMax, arguments.Threads, arguments.Device, arguments.Dtype);
        if (arguments.One is { } one)
        {
            RunKey key = profile.Keys().First(known => known.FileName == one);
            store.Save(new Workbench(folders, SettingOf(key), TimeProvider.System).Run(key));
            return 0;
        }

        Dictionary<string, string> skipped = Skipped(profile, folders);
        RunKey[] keys =
        [
            .. profile.Keys().Where(key => !skipped.ContainsKey(key.Stream))
                .Where(key => arguments.Only.Count == 0 || arguments.Only.Any(part => key.ToString().Contains(part, StringComparison.Ordinal))),
        ];
        foreach ((string stream, string why) in skipped) Console.WriteLine($"skipped: {stream} ({why})");
        var schedule = new Schedule(keys, SettingOf, store, TimeProvider.System, Console.WriteLine);
        if (arguments.List)
        {
            foreach (RunKey key in keys) Console.WriteLine($"{(schedule.IsDone(key) ? "done" : "-   ")} {key}");
            return 0;
        }

        var workbenches = new Dictionary<BenchSetting, Workbench>();
        RunRecord Here(RunKey key)
        {
            BenchSetting setting = SettingOf(key);
            if (!workbenches.TryGetValue(setting, out Workbench? bench)) workbenches.Add(setting, bench = new Workbench(folders, setting, TimeProvider.System));
            return bench.Run(key);
        }

        bool whole = arguments.ReportOnly || schedule.Run(profile.Jobs, Here, key => Worker(words, key));
        RunRecord[] records = [.. keys.Where(schedule.IsDone).Select(store.Find).OfType<RunRecord>().Select(Onlooker.JudgeAnew)];
        string results = new ResultsPage(profile, arguments, records, [.. keys.Where(key => !schedule.IsDone(key))], skipped, TimeProvider.System).Write(Places.Out(arguments));
        Console.WriteLine($"written: {results}");
        return whole ? 0 : 1;
    }

    private static Profile Adjusted(Profile profile, Arguments arguments) => profile with
    {
        Seeds = arguments.Seeds ?? profile.Seeds,
        Seconds = arguments.Seconds ?? profile.Seconds,
        LongSeconds = arguments.Seconds * profile.LongSeconds / profile.Seconds ?? profile.LongSeconds,
        ItemsMax = arguments.Items ?? profile.ItemsMax,
        Jobs = arguments.Jobs ?? profile.Jobs,
    };

    private static Dictionary<string, string> Skipped(Profile profile, DataFolders folders) => profile.Streams.Concat(profile.Long).Select(StreamCatalog.Find)
        .Select(stream => (stream.Name, Lack: stream.Lacks(folders))).Where(stream => stream.Lack is not null).ToDictionary(stream => stream.Name, stream => stream.Lack ?? "");

    /// <summary>This program again, for one run, politely behind what else the machine does.</summary>
    private static ProcessStartInfo Worker(string[] words, RunKey key)
    {
        string program = Domain.Check.NotNull(Environment.ProcessPath, "a program knows where it lies");
        var start = new ProcessStartInfo(program) { UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "sslagent-continual.dll"));
        foreach (string word in words) start.ArgumentList.Add(word);
        start.ArgumentList.Add("--one");
        start.ArgumentList.Add(key.FileName);
        return start;
    }
}
