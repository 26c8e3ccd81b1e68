using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SslAgent.Continual.Reports;
using SslAgent.Domain;

namespace SslAgent.Objectives;

/// <summary><c>sslagent-objectives</c>: every image objective from first weights on the same pictures, one process each; what is done is not done again.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        Option<bool> quick = new("--quick") { Description = "A few seconds a method: shows that everything works" };
        Option<string[]> only = new("--only") { Description = "These methods alone", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
        Option<string?> data = new("--data") { Description = "A CIFAR or MNIST folder; without it ../shared/data/cifar10", HelpName = "DIR" };
        Option<string?> to = new("--out") { Description = "Folder for RESULTS.md; without it bench/objectives", HelpName = "DIR" };
        Option<long?> samples = new("--samples") { Description = "Instead of the profile's", HelpName = "N" };
        Option<double?> seconds = new("--seconds") { Description = "Instead of the profile's", HelpName = "S" };
        Option<bool> list = new("--list") { Description = "Says what is done and what is not" };
        Option<string?> one = new("--one") { Hidden = true };
        RootCommand command = new("Every image objective from first weights on the same pictures, measured by linear probe and neighbours (docs/pretraining.md)");
        foreach (Option option in (Option[])[quick, only, data, to, samples, seconds, list, one]) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            Budget budget = parsed.GetValue(quick) ? Budget.Quick : Budget.Whole;
            budget = budget with { Samples = parsed.GetValue(samples) ?? budget.Samples, Seconds = parsed.GetValue(seconds) ?? budget.Seconds };
            string repository = Repository();
            var bench = new Bench(
                Path.GetFullPath(parsed.GetValue(data) ?? Path.Combine(repository, "..", "shared", "data", "cifar10")), budget,
                Path.Combine(repository, "artifacts", "objectives", parsed.GetValue(quick) ? "quick" : "whole"), Path.Combine(repository, "bench", "peer_objectives.py"), MachineFacts.Commit(repository), TimeProvider.System);
            if (parsed.GetValue(one) is { } method)
            {
                bench.RunHere(method);
                return 0;
            }

            string[] wanted = parsed.GetValue(only) is { Length: > 0 } names ? names : [.. MethodRun.All];
            if (wanted.Except(MethodRun.All).FirstOrDefault() is { } unknown)
            {
                Console.Error.WriteLine($"there is no method '{unknown}'; there are {string.Join(", ", MethodRun.All)}");
                return 2;
            }

            if (parsed.GetValue(list))
            {
                foreach (string name in wanted) Console.WriteLine($"{(bench.IsDone(name) ? "done" : "-   ")} {name}");
                return 0;
            }

            bool whole = true;
            foreach ((int at, string name) in wanted.Index())
            {
                if (bench.IsDone(name)) continue;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at + 1} of {wanted.Length}: {name}"));
                using Process worker = Check.NotNull(Process.Start(Worker(args, name)), "a process starts");
                worker.WaitForExit();
                whole &= worker.ExitCode == 0;
            }

            Console.WriteLine($"written: {bench.Report(Path.GetFullPath(parsed.GetValue(to) ?? Path.Combine(repository, "bench", "objectives")))}");
            return whole ? 0 : 1;
        });
        return command.Parse(args).Invoke();
    }

    /// <summary>This program again, for one method: its memory is then its own.</summary>
    private static ProcessStartInfo Worker(string[] words, string method)
    {
        string program = Check.NotNull(Environment.ProcessPath, "a program knows where it lies");
        var start = new ProcessStartInfo(program) { UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "sslagent-objectives.dll"));
        foreach (string word in (string[])[.. words, "--one", method]) start.ArgumentList.Add(word);
        return start;
    }

    private static string Repository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SslAgent.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} is in no checkout of the repository");
    }
}
