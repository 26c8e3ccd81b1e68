using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Serialization;

namespace SslAgent.House.Tests;

/// <summary>
/// A room's public surface as text: types in order of their names, one line for each member, nothing that a compiler adds. The same surface
/// gives the same text, so a change of it shows in review. A record's constructor stands for the properties that it fills.
/// </summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly string[] RecordMembers =
    [
        "<Clone>$", "Deconstruct", "PrintMembers", "Equals", "GetHashCode", "ToString", "EqualityContract", "op_Equality", "op_Inequality",
    ];

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    public static string Describe(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            if (type.IsAssignableTo(typeof(JsonSerializerContext))) continue;
            foreach (string member in Members(type).Order(StringComparer.Ordinal).Distinct()) text.Append("    ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static string Header(Type type)
    {
        string kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : IsDelegate(type) ? "delegate" : IsRecord(type) ? "record" : "class";
        if (type is { IsValueType: true, IsEnum: false }) kind = type.GetMethod("PrintMembers", Declared) is null ? "struct" : "record struct";
        string manner = type switch
        {
            { IsAbstract: true, IsSealed: true } => "static ",
            { IsAbstract: true, IsInterface: false } => "abstract ",
            { IsClass: true, IsSealed: false } => "unsealed ",
            _ => "",
        };
        string bases = string.Join(", ", Bases(type));
        return $"{manner}{kind} {Name(type, full: true)}{(bases.Length > 0 ? " : " + bases : "")}";
    }

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum || IsDelegate(type)) yield break;
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType)) yield return Name(parent);
        Type[] inherited = type.BaseType?.GetInterfaces() ?? [];
        foreach (Type contract in type.GetInterfaces().Except(inherited).OrderBy(contract => contract.Name, StringComparer.Ordinal))
        {
            if (contract is { IsPublic: true, IsGenericType: false }) yield return Name(contract);
        }
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum) return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name))}");
        IEnumerable<string> constructors = IsDelegate(type) || type.IsAbstract ? [] : type.GetConstructors().Where(one => !IsCopy(one, type))
            .Select(one => $"new({Parameters(one)})");
        bool hasPositional = IsRecord(type) || type.IsValueType;
        HashSet<string?> positional = hasPositional ? [.. type.GetConstructors().SelectMany(one => one.GetParameters()).Select(one => one.Name)] : [];
        IEnumerable<string> properties = type.GetProperties(Declared)
            .Where(one => IsSeen(one.GetMethod) && !RecordMembers.Contains(one.Name) && !positional.Contains(one.Name)).Select(Property);
        IEnumerable<string> fields = type.GetFields(Declared).Where(field => field.IsPublic && !field.IsSpecialName)
            .Select(field => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}");
        IEnumerable<string> methods = type.GetMethods(Declared).Where(one => IsSeen(one) && IsListed(one, type)).Select(Method);
        IEnumerable<string> events = type.GetEvents(Declared).Where(one => IsSeen(one.AddMethod))
            .Select(one => $"event {Name(one.EventHandlerType!)} {one.Name}");
        return constructors.Concat(properties).Concat(fields).Concat(methods).Concat(events);
    }

    private static string Property(PropertyInfo property)
    {
        bool isInit = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        string accessors = !IsSeen(property.SetMethod) ? "get" : isInit ? "get; init" : "get; set";
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{required}{(property.GetMethod!.IsStatic ? "static " : "")}{Name(property.PropertyType)} {property.Name} {{ {accessors}; }}";
    }

    private static string Method(MethodInfo method)
    {
        string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";
        return $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.IsOptional ? " = ..." : "")}"));

    private static bool IsListed(MethodInfo method, Type type) =>
        (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
        && !method.Name.StartsWith('<')
        && !(RecordMembers.Contains(method.Name) && (IsRecord(type) || type.IsValueType || method.GetBaseDefinition().DeclaringType == typeof(object)));

    private static bool IsSeen(MethodBase? method) => method is not null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    private static bool IsCopy(ConstructorInfo constructor, Type type) => constructor.GetParameters() is [{ ParameterType: { } only }] && only == type;

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$", Declared) is not null;

    private static bool IsDelegate(Type type) => typeof(Delegate).IsAssignableFrom(type);

    private static string Name(Type type, bool full = false)
    {
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        string name = type is { IsNested: true, IsGenericParameter: false } ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        if (tick >= 0) name = $"{name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(argument => Name(argument)))}>";
        name = Keywords.GetValueOrDefault(type, name);
        return full && type.Namespace is { } space ? $"{space}.{name}" : name;
    }
}
