using System.Reflection;
using System.Runtime.CompilerServices;

namespace SslAgent.House.Tests;

/// <summary>Rules that every type of the product keeps.</summary>
public sealed class TypeTests
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    public static TheoryData<string> Names => Rooms.Names;

    private static IEnumerable<Type> Written(string room) =>
        Rooms.Named(room).Load().GetTypes().Where(type => !IsGenerated(type) && type.Name != "Program");

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_class_that_is_not_abstract_is_sealed(string room)
    {
        string[] open = [.. Written(room).Where(type => type is { IsClass: true, IsAbstract: false, IsSealed: false }).Select(type => type.FullName!)];
        Assert.True(open.Length == 0, $"not sealed: {string.Join(", ", open)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Types_live_in_their_rooms_namespace(string room)
    {
        string[] strayed =
        [
            .. Written(room).Where(type => type.Namespace != room && type.Namespace?.StartsWith(room + ".", StringComparison.Ordinal) != true)
                .Select(type => type.FullName!),
        ];
        Assert.True(strayed.Length == 0, $"outside {room}: {string.Join(", ", strayed)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Log_events_keep_to_their_rooms_band_and_have_numbers_of_their_own(string room)
    {
        (string Method, int Id)[] events =
        [
            .. Written(room).SelectMany(type => type.GetMethods(Everything)).SelectMany(EventIds),
        ];
        string[] twice =
        [
            .. events.GroupBy(one => one.Id).Where(group => group.Count() > 1)
                .Select(group => $"{group.Key}: {string.Join(", ", group.Select(one => one.Method))}"),
        ];
        Assert.True(twice.Length == 0, $"event ids that are used twice: {string.Join("; ", twice)}");
        if (Rooms.Named(room).EventIds is { } first)
            Assert.All(events, one => Assert.True(one.Id >= first && one.Id < first + 1000, $"{one.Method} has event id {one.Id}"));
        else Assert.Empty(events);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nobody_hides_behind_a_name_that_says_nothing(string room)
    {
        string[] empty = ["Manager", "Helper", "Helpers", "Utils", "Utilities", "Util"];
        string[] found = [.. Written(room).Where(type => empty.Any(word => type.Name.EndsWith(word, StringComparison.Ordinal))).Select(type => type.FullName!)];
        Assert.True(found.Length == 0, string.Join(", ", found));
    }

    private static IEnumerable<(string, int)> EventIds(MethodInfo method) =>
        method.GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType.FullName == "Microsoft.Extensions.Logging.LoggerMessageAttribute")
            .Select(attribute => ($"{method.DeclaringType?.Name}.{method.Name}", IdOf(attribute)));

    private static int IdOf(CustomAttributeData attribute) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.MemberName == "EventId").TypedValue.Value as int?
        ?? attribute.ConstructorArguments.FirstOrDefault(argument => argument.ArgumentType == typeof(int)).Value as int?
        ?? -1;

    private static bool IsGenerated(Type type) =>
        type.Name.Contains('<', StringComparison.Ordinal) || type.IsDefined(typeof(CompilerGeneratedAttribute), false)
        || type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), false) || (type.DeclaringType is { } outer && IsGenerated(outer))
        || type.Namespace is "System.Runtime.CompilerServices" or "Microsoft.CodeAnalysis" or "System.Text.RegularExpressions.Generated";
}
