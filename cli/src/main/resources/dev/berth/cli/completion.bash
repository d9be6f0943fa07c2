# Completion of berth for bash: source <(berth completion bash)
_berth() {
  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD - 1]}"
  local program="${COMP_WORDS[0]}" verb="${COMP_WORDS[1]}" words=""
  local verbs="up down run ps inspect why boot logs exec attach port-forward console stats top port cp events stop start restart pause unpause kill rm scale update wait apply validate delete images pull push build commit tag rmi history save load login logout node compare image volume network vm ns registry controller token completion version"
  if [[ $COMP_CWORD -eq 1 ]]; then
    words="$verbs --help"
  elif [[ $prev == -f || $prev == --file ]] && [[ $verb =~ ^(apply|validate|delete)$ ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    return
  elif [[ $verb == load && $prev =~ ^(-i|--input)$ || $verb == save && $prev =~ ^(-o|--output)$ || $verb == build && $prev =~ ^(-f|--file|--iidfile)$ ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    return
  elif [[ $prev == -o || $prev == --output ]]; then
    words="table wide json yaml name"
  elif [[ $cur == -* ]]; then
    words="$("$program" "$verb" --help 2>/dev/null | grep -oE -- '(^|[ ,])--?[a-zA-Z][a-zA-Z-]*' | tr -d ' ,')"
  else
    case "$verb" in
      inspect | why | boot | logs | exec | attach | port-forward | console | stats | top | port | stop | start | restart | pause | unpause | kill | update | wait | commit) words="$("$program" __names targets 2>/dev/null)" ;;
      rm | ps | scale | events) words="$("$program" __names workloads 2>/dev/null)" ;;
      cp)
        # An instance with its colon, or a path of this host; readline takes the colon for the end of a word.
        if [[ $cur != :* && $prev != : ]]; then
          compopt -o nospace
          mapfile -t COMPREPLY < <(compgen -f -- "$cur"; compgen -S : -W "$("$program" __names targets 2>/dev/null)" -- "$cur")
        fi
        return ;;
      build)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        return ;;
      pull | push | tag | rmi | images | save | history)
        # bash ends words at colons, and names of images have some
        local whole="${COMP_LINE:0:COMP_POINT}"
        whole="${whole##* }"
        mapfile -t COMPREPLY < <(compgen -W "$("$program" __names images 2>/dev/null)" -- "$whole")
        COMPREPLY=("${COMPREPLY[@]#"${whole%"${whole##*:}"}"}")
        return ;;
      completion) words="bash zsh fish" ;;
      node)
        if [[ $COMP_CWORD -eq 2 ]]; then words="ls inspect doctor cordon uncordon drain taint fence label rm"
        else words="$("$program" __names nodes 2>/dev/null)"; fi ;;
      image)
        if [[ $COMP_CWORD -eq 2 ]]; then words="ls import inspect rm prune"
        elif [[ ${COMP_WORDS[2]} == import ]]; then compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return; fi ;;
      volume)
        if [[ $COMP_CWORD -eq 2 ]]; then words="ls create inspect rm prune"
        elif [[ ${COMP_WORDS[2]} =~ ^(inspect|rm)$ ]]; then words="$("$program" __names volumes 2>/dev/null)"; fi ;;
      network)
        if [[ $COMP_CWORD -eq 2 ]]; then words="ls create inspect rm"
        elif [[ ${COMP_WORDS[2]} =~ ^(inspect|rm)$ ]]; then words="$("$program" __names networks 2>/dev/null)"; fi ;;
      vm)
        if [[ $COMP_CWORD -eq 2 ]]; then words="snapshot"
        elif [[ $COMP_CWORD -eq 3 ]]; then words="create ls revert rm"
        elif [[ $COMP_CWORD -eq 4 ]]; then words="$("$program" __names targets 2>/dev/null)"; fi ;;
      ns)
        if [[ $COMP_CWORD -eq 2 ]]; then words="ls create inspect quota rm"
        elif [[ ${COMP_WORDS[2]} =~ ^(inspect|quota|rm)$ ]]; then words="$("$program" __names namespaces 2>/dev/null)"; fi ;;
      registry)
        if [[ $COMP_CWORD -eq 2 ]]; then words="login ls logout"; fi ;;
      token)
        if [[ $COMP_CWORD -eq 2 ]]; then words="create ls revoke"
        elif [[ ${COMP_WORDS[2]} == revoke ]]; then words="$("$program" __names tokens 2>/dev/null)"; fi ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _berth berth ./berth
