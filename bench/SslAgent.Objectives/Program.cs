using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SslAgent.Continual;
using SslAgent.Continual.Reports;
using SslAgent.Continual.Streams;
using SslAgent.Domain;
using SslAgent.Learning.Options;

namespace SslAgent.Objectives;

/// <summary>
/// <c>sslagent-objectives</c>: every objective from first weights on the same data as others of its kind, one process each, or quickly all in this one; what is done is not done again.
/// </summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        Option<bool> quick = new("--quick") { Description = "A step or two a method, all in one process: shows that everything works" };
        Option<string[]> only = new("--only") { Description = "These methods alone, or those of a ground (pictures, logs, emoji, film)", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
        Option<string?> data = new("--data") { Description = "A CIFAR or MNIST folder (Fashion-MNIST: apt-get install dataset-fashion-mnist); without it ../shared/data/cifar10", HelpName = "DIR" };
        Option<string?> to = new("--out") { Description = "Folder for RESULTS.md; without it bench/objectives, for --quick, other pictures by --data and other numbers artifacts/objectives", HelpName = "DIR" };
        Option<string?> kept = new("--runs") { Description = "Folder for a file of each method that is done; without it artifacts/objectives/whole or quick", HelpName = "DIR" };
        Option<long?> samples = new("--samples") { Description = "Instead of the profile's", HelpName = "N" };
        Option<double?> seconds = new("--seconds") { Description = "Instead of the profile's", HelpName = "S" };
        Option<double?> rate = new("--rate") { Description = "Step size instead of the default's; not for the rows of PyTorch", HelpName = "R" };
        Option<int?> seed = new("--seed") { Description = "Of weights, batches and views; without it 1", HelpName = "N" };
        Option<bool> list = new("--list") { Description = "Says what is done and what is not" };
        Option<string?> one = new("--one") { Hidden = true };
        RootCommand command = new("Every objective from first weights beside others of its kind, on pictures, log lines, emoji with their names and a film, measured by linear probe and neighbours (docs/pretraining.md)");
        foreach (Option option in (Option[])[quick, only, data, to, kept, samples, seconds, rate, seed, list, one]) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            bool isQuick = parsed.GetValue(quick);
            Budget budget = isQuick ? Budget.Quick : Budget.Whole;
            budget = budget with { Samples = parsed.GetValue(samples) ?? budget.Samples, Seconds = parsed.GetValue(seconds) ?? budget.Seconds };
            string repository = Places.Repository;
            string sets = Path.GetFullPath(Path.Combine(repository, "..", "shared", "data"));
            var place = new DataPlace(Path.GetFullPath(parsed.GetValue(data) ?? Path.Combine(sets, "cifar10")), new DataFolders(Path.Combine(repository, "assets"), sets));
            // What was asked for by numbers of its own lies by itself: the profile's records stay.
            string own = string.Concat(from option in (Option[])[samples, seconds, rate, seed] where parsed.GetResult(option) is not null select $"{option.Name}={parsed.GetResult(option)?.Tokens[0].Value}");
            string runs = Path.GetFullPath(parsed.GetValue(kept) ?? Path.Combine(repository, "artifacts", "objectives", (isQuick ? "quick" : "whole") + own));
            var bench = new Bench(place, budget, runs, Path.Combine(repository, "bench", "peer_objectives.py"), new Beginning(parsed.GetValue(seed) ?? 1, parsed.GetValue(rate) ?? new LearningOptions().LearningRate), MachineFacts.Commit(repository), TimeProvider.System);
            if (parsed.GetValue(one) is { } id)
            {
                bench.RunHere(Method.Find(id)[0], isAlone: true);
                return 0;
            }

            string[] names = parsed.GetValue(only) ?? [];
            if (names.FirstOrDefault(name => Method.Find(name).Count == 0) is { } unknown)
            {
                Console.Error.WriteLine($"there is no method or ground '{unknown}'; there are {string.Join(", ", Method.All.Select(method => method.Id))}");
                return 2;
            }

            Method[] wanted = names.Length > 0 ? [.. names.SelectMany(Method.Find).Distinct()] : [.. isQuick ? Method.Rows : Method.All];
            foreach (Ground ground in wanted.Where(method => !bench.HasDataOf(method)).Select(method => method.Ground).Distinct())
                Console.Error.WriteLine($"{ground.Name}: passed over, {ground.Folder(place)} is not there");
            wanted = [.. wanted.Where(bench.HasDataOf)];
            if (parsed.GetValue(list))
            {
                foreach (Method method in wanted) Console.WriteLine($"{(bench.IsDone(method) ? "done" : "-   ")} {method.Id}");
                return 0;
            }

            bool whole = true;
            foreach ((int at, Method method) in wanted.Index())
            {
                if (bench.IsDone(method)) continue;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at + 1} of {wanted.Length}: {method.Id}"));
                whole &= isQuick ? IsDoneHere(bench, method) : IsDoneElsewhere(args, method);
            }

            string usual = isQuick || parsed.GetValue(data) is not null || own.Length > 0 ? runs : Path.Combine(repository, "bench", "objectives");
            Console.WriteLine($"written: {bench.Report(Path.GetFullPath(parsed.GetValue(to) ?? usual))}");
            return whole ? 0 : 1;
        });
        return command.Parse(args).Invoke();
    }

    private static bool IsDoneHere(Bench bench, Method method)
    {
        try
        {
            bench.RunHere(method, isAlone: false);
            return true;
        }
        catch (Exception wrong)
        {
            // Policy: as with a process of its own, a method that fails is told, and the others are measured all the same.
            Console.Error.WriteLine($"{method.Id}: {wrong}");
            return false;
        }
    }

    private static bool IsDoneElsewhere(string[] words, Method method)
    {
        using Process worker = Check.NotNull(Process.Start(Worker(words, method)), "a process starts");
        worker.WaitForExit();
        return worker.ExitCode == 0;
    }

    /// <summary>This program again, for one method: its memory is then its own.</summary>
    private static ProcessStartInfo Worker(string[] words, Method method)
    {
        string program = Check.NotNull(Environment.ProcessPath, "a program knows where it lies");
        var start = new ProcessStartInfo(program) { UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "sslagent-objectives.dll"));
        foreach (string word in (string[])[.. words, "--one", method.Id]) start.ArgumentList.Add(word);
        return start;
    }
}
