using System.Globalization;
using System.Reflection;
using Xunit;

namespace Broker.Mutants;

/// <summary>
/// Tests of other projects, compiled into this one, that are run while a mutation is on: those that need no runner, so
/// facts, and theories with their data in line.
/// </summary>
internal static class Stories
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The name of the first that fails; null if none does.</summary>
    public static string? FirstToFail(string within)
    {
        foreach ((MethodInfo story, object?[] arguments) in In(within))
        {
            object teller = Activator.CreateInstance(story.DeclaringType!)!;
            try
            {
                if (story.Invoke(teller, arguments) is Task told && !IsTold(told))
                    return $"{story.DeclaringType!.Name}.{story.Name}, which does not end";
            }
            catch (Exception failure) when (failure is TargetInvocationException or Xunit.Sdk.IAssertionException)
            {
                return $"{story.DeclaringType!.Name}.{story.Name}";
            }
            finally
            {
                (teller as IDisposable)?.Dispose();
            }
        }

        return null;
    }

    private static IEnumerable<(MethodInfo Story, object?[] Arguments)> In(string within) =>
        from type in Assembly.GetExecutingAssembly().GetTypes()
        where type.Namespace?.StartsWith(within, StringComparison.Ordinal) == true
        from method in type.GetMethods()
        where method.GetCustomAttribute<FactAttribute>() is not null
        from arguments in method.GetParameters().Length == 0
            ? [[]]
            : method.GetCustomAttributes<InlineDataAttribute>().Select(data => Fitted(data.Data, method))
        select (method, arguments);

    private static bool IsTold(Task story)
    {
        bool ended = ((IAsyncResult)story).AsyncWaitHandle.WaitOne(Patience);
        if (ended)
            story.GetAwaiter().GetResult();
        return ended;
    }

    // An attribute's number may stand for a shorter one.
    private static object?[] Fitted(object?[] arguments, MethodInfo method) =>
        [.. arguments.Zip(method.GetParameters(), static (argument, parameter) => parameter.ParameterType.IsPrimitive
            ? Convert.ChangeType(argument, parameter.ParameterType, CultureInfo.InvariantCulture)
            : argument)];
}
